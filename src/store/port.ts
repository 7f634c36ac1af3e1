import type { LanguageTag } from '../core/index.js';

export interface DeviceRecord {
  readonly deviceId: string;
  readonly clientId: string;
  readonly board: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly language: LanguageTag;
  /** Undefined: not bound yet. */
  readonly boundAtMs: number | undefined;
  readonly boundBy: 'lan' | 'code' | 'open' | 'allowlist' | undefined;
  /** Incremented by `devices revoke` and by rotation; part of what a token signs. */
  readonly tokenGeneration: number;
  /** The generation before stays valid until the new one was first used. */
  readonly previousGenerationValid: boolean;
  readonly revoked: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface ActivationRecord {
  readonly deviceId: string;
  /** Six digits. */
  readonly code: string;
  readonly challenge: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly attempts: number;
}

/** Devices, bindings and pairing codes. What a method resolved is on disk. Errors: `store.failed`. */
export interface DeviceStore {
  find(deviceId: string): Promise<DeviceRecord | undefined>;
  /** Creates or updates what the device says of itself; never touches the binding. */
  seen(device: Pick<DeviceRecord, 'deviceId' | 'clientId' | 'board' | 'firmwareVersion' | 'language'>, atMs: number): Promise<DeviceRecord>;
  bind(deviceId: string, by: NonNullable<DeviceRecord['boundBy']>, atMs: number): Promise<DeviceRecord>;
  countBound(by: NonNullable<DeviceRecord['boundBy']>): Promise<number>;
  /** A token of the current generation was used: the previous one ends. */
  confirmGeneration(deviceId: string): Promise<void>;
  rotate(deviceId: string): Promise<DeviceRecord>;
  revoke(deviceId: string): Promise<void>;
  list(): Promise<readonly DeviceRecord[]>;
  putActivation(record: ActivationRecord): Promise<void>;
  activationOf(deviceId: string): Promise<ActivationRecord | undefined>;
  activationByCode(code: string): Promise<ActivationRecord | undefined>;
  dropActivation(deviceId: string): Promise<void>;
  /** Server-wide secrets (token signing key), created once. */
  secret(name: string, create: () => string): Promise<string>;
  close(): Promise<void>;
}
