import type { AudioSide } from './audio-port.js';
import type { SpendingUnit } from './spending-port.js';
import type { FirmwareState } from './firmware-port.js';
import type { BoundBy } from './device-store-port.js';
import type { MemoryRecord } from './memory-port.js';
import type { NoticeKind } from './notice-port.js';

/** Tables after the newest migration. Times are milliseconds since the epoch. Flags are 0 or 1. */
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
    name: string | null;
    agent_id: string | null;
    /** JSON list of the agents that the device may change to. An empty id is the configured assistant. */
    roles: string | null;
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
  /** The columns of `AGENT_FIELDS` (src/records) that queries use. `more` contains the other fields as JSON. */
  agents: { id: string; name: string; more: string | null };
  firmware_releases: {
    id: string;
    board: string;
    version: string;
    sha256: string;
    size_bytes: number;
    chip: string | null;
    elf_sha256: string | null;
    file_name: string;
    share: number;
    /** JSON list of strings. */
    device_ids: string;
    force: number;
    state: FirmwareState;
    reason: string | null;
    created_ms: number;
    counted_from_ms: number;
  };
  firmware_installs: {
    release_id: string;
    device_id: string;
    from_version: string | null;
    offers: number;
    offered_ms: number;
    downloads: number;
    downloaded_ms: number | null;
    confirmed_ms: number | null;
    returned_ms: number | null;
  };
  /** The columns of `TURN_FIELDS` (src/records) that queries use. `more` contains the other fields as JSON. */
  turns: {
    id: string;
    device_id: string;
    at_ms: number;
    agent_id: string | null;
    person: string | null;
    outcome: string;
    underruns: number;
    underrun_ms: number;
    more: string | null;
  };
  /** Used only with PostgreSQL. The embedded database has its audio in files. Copies contain no audio. */
  turn_audio: { turn_id: string; side: AudioSide; at_ms: number; bytes: number; data: Uint8Array };
  /** `day` is a day such as `2026-11-28` in the device's own time zone. */
  talk_days: { device_id: string; day: string; talk_ms: number; characters: number };
  /** `day` is a day of the server's time zone. */
  spending: {
    day: string;
    device_id: string;
    agent_id: string;
    provider: string;
    unit: SpendingUnit;
    amount: number;
  };
  memories: {
    id: string;
    device_id: string;
    /** Empty for the configured assistant. */
    agent_id: string;
    kind: MemoryRecord['kind'];
    subject: MemoryRecord['subject'];
    name: string | null;
    text: string;
    /** JSON list of strings. */
    keywords: string;
    source_turn: string | null;
    created_ms: number;
    replaced_by: string | null;
    replaced_ms: number | null;
  };
  notices: {
    id: string;
    device_id: string;
    kind: NoticeKind;
    text: string | null;
    due_ms: number;
    expires_ms: number | null;
    repeats: string | null;
    time_zone: string;
    length_ms: number | null;
    urgent: number;
    created_ms: number;
    claimed_by: string | null;
    claimed_until_ms: number | null;
    recording_id: string | null;
  };
  /** Recordings of waiting notices, split into parts, as base64. */
  recordings: { id: string; part: number; data: string };
  knowledge_documents: {
    id: string;
    collection: string;
    title: string;
    format: string;
    bytes: number;
    sha256: string;
    pages: number | null;
    passages: number;
    characters: number;
    created_ms: number;
    /** The full-text index of the document's passages (`conversation/knowledge/passage-index.ts`). */
    search_index: string;
  };
  people: { id: string; name: string; created_ms: number };
  voiceprints: { id: string; model: string; vector: string };
  knowledge_passages: { document_id: string; number: number; place: string; text: string };
  knowledge_vectors: { document_id: string; number: number; model: string; vector: string };
  tool_data: { tool: string; owner: string; key: string; value: string; changed_ms: number };
}

export type TableName = keyof StoreSchema;

/** Tables in copies of the database, with their primary keys. Rows may be written in this order of tables. */
export const TABLES: ReadonlyMap<TableName, readonly string[]> = new Map<TableName, readonly string[]>([
  ['devices', ['device_id']],
  ['activations', ['device_id', 'client_id']],
  ['serial_keys', ['serial']],
  ['secrets', ['name']],
  ['agents', ['id']],
  ['firmware_releases', ['id']],
  ['firmware_installs', ['release_id', 'device_id']],
  ['turns', ['id']],
  ['talk_days', ['device_id', 'day']],
  ['spending', ['day', 'device_id', 'agent_id', 'provider', 'unit']],
  ['memories', ['id']],
  ['notices', ['id']],
  ['tool_data', ['tool', 'owner', 'key']],
  ['knowledge_documents', ['id']],
  ['knowledge_passages', ['document_id', 'number']],
  ['knowledge_vectors', ['document_id', 'number']],
  ['people', ['id']],
  ['voiceprints', ['id']],
  ['recordings', ['id', 'part']],
]);
