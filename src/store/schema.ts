import type { BoundBy } from './port.js';

/** Tables as the newest migration leaves them. Times are milliseconds since the epoch, flags 0 or 1. */
export interface StoreSchema {
  devices: {
    device_id: string;
    client_id: string;
    board: string | null;
    firmware_version: string | null;
    language: string;
    bound_at_ms: number | null;
    bound_by: BoundBy | null;
    bound_client_id: string | null;
    token_generation: number;
    previous_generation_valid: number;
    revoked: number;
    first_seen_ms: number;
    last_seen_ms: number;
  };
  activations: {
    device_id: string;
    client_id: string;
    code: string | null;
    challenge: string;
    created_ms: number;
    expires_ms: number;
  };
  serial_keys: { serial: string; key_hex: string };
  secrets: { name: string; value: string };
}
