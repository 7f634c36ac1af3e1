import type { LanguageTag } from '../../core/index.js';

/** `code` is a spoken code, `open` an open server, and `local` a command on the server's machine. */
export type BoundBy = 'lan' | 'code' | 'open' | 'allowlist' | 'local' | 'console' | 'import';

export interface DeviceRecord {
  readonly deviceId: string;
  /** The Client-Id that the device sent last. */
  readonly clientId: string;
  readonly board: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly language: LanguageTag;
  /** Undefined while the device is not bound. */
  readonly boundAtMs: number | undefined;
  readonly boundBy: BoundBy | undefined;
  /** The Client-Id of the binding. A MAC can be guessed, but a Client-Id is a random UUID. */
  readonly boundClientId: string | undefined;
  /** Part of the data that a token signs. Rotation, revocation and a binding to another client increase it. */
  readonly tokenGeneration: number;
  /** True from a rotation or an import until the new generation is first used. */
  readonly previousGenerationValid: boolean;
  readonly revoked: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly name: string | undefined;
  /** Id of the agent that answers on this device. Undefined for the configured assistant. */
  readonly agentId: string | undefined;
  /** Ids of the agents that the device may change to by voice. An empty id is the configured assistant. */
  readonly roles: readonly string[] | undefined;
}

export const MAX_ROLES = 16;

export type AdoptedDevice = Pick<
  DeviceRecord,
  'deviceId' | 'board' | 'firmwareVersion' | 'language' | 'name' | 'agentId'
>;

/** A pairing in progress. Each client has its own pairing, so that an impostor with the same MAC gets another code. */
export interface ActivationRecord {
  readonly deviceId: string;
  readonly clientId: string;
  /** Six digits. Undefined if the code was used. */
  readonly code: string | undefined;
  readonly challenge: string;
  readonly createdMs: number;
  readonly expiresMs: number;
}

/**
 * When a method resolves, its change is on disk. Errors: `store.failed`, `data.disk_full`. With a database server also
 * `store.unreachable`, `store.refused`.
 */
export interface DeviceStore {
  find(deviceId: string): Promise<DeviceRecord | undefined>;
  /** Never changes a binding. Of the devices that were never bound, keeps the 1000 that were seen last. */
  seen(
    device: Pick<DeviceRecord, 'deviceId' | 'clientId' | 'board' | 'firmwareVersion' | 'language'>,
    atMs: number,
  ): Promise<DeviceRecord>;
  /**
   * Binds a device to a client and cancels a revocation. Another client starts a new token generation. With `import`,
   * the token of the server from which the device was imported stays valid until the first generation is used.
   * `store.failed` for an unknown device.
   */
  bind(deviceId: string, clientId: string, by: BoundBy, atMs: number): Promise<DeviceRecord>;
  /** Like {@link bind}, but resolves with undefined if `max` other devices are already bound in the same way. */
  bindWithin(
    max: number,
    deviceId: string,
    clientId: string,
    by: BoundBy,
    atMs: number,
  ): Promise<DeviceRecord | undefined>;
  countBound(by: BoundBy): Promise<number>;
  /**
   * Adds devices without a client. The first client that connects becomes the bound client. A known device only gains a
   * missing name or agent. Returns the number of added devices.
   */
  adopt(devices: readonly AdoptedDevice[], atMs: number): Promise<number>;
  /** Call this when a token of the current generation was used. The previous generation then ends. */
  confirmGeneration(deviceId: string): Promise<void>;
  /** Starts a new token generation, unless the current one has not been used yet. */
  rotate(deviceId: string): Promise<DeviceRecord>;
  /** Invalidates all tokens and ends the binding. No pairing mode binds the device again without a code. */
  revoke(deviceId: string): Promise<void>;
  list(): Promise<readonly DeviceRecord[]>;
  /** Undefined removes the name. `store.failed` for an unknown device. */
  rename(deviceId: string, name: string | undefined): Promise<DeviceRecord>;
  /** Removes the device and all its data. Returns false if the device was not known. */
  forget(deviceId: string): Promise<boolean>;
  /** An undefined `agentId` is the configured assistant. `store.failed` for an unknown device or agent. */
  assignAgent(deviceId: string, agentId: string | undefined): Promise<DeviceRecord>;
  /**
   * The device may change to these agents by voice, at most {@link MAX_ROLES}. `store.failed` for an unknown device.
   */
  allowRoles(deviceId: string, agentIds: readonly string[]): Promise<DeviceRecord>;
  /** Keeps at most 100 pairings, and first drops used codes. `store.taken` if another pairing has the code. */
  putActivation(record: ActivationRecord): Promise<void>;
  activationOf(deviceId: string, clientId: string): Promise<ActivationRecord | undefined>;
  /** Only one of two callers gets the record. Returns undefined if the code is unknown, used or expired. */
  takeCode(code: string, atMs: number): Promise<ActivationRecord | undefined>;
  /** Returns true to exactly one caller. */
  dropActivation(deviceId: string, clientId: string): Promise<boolean>;
  /** The registered activation key of a device, 32 bytes as hex. */
  serialKey(serial: string): Promise<string | undefined>;
  /** Registers activation keys, 32 bytes as hex, by serial number. A new key replaces an earlier one. */
  putSerialKeys(keys: ReadonlyMap<string, string>): Promise<void>;
  /** Lists serial numbers in order, beginning after the serial number `after`. */
  serials(after: string, limit: number): Promise<readonly string[]>;
  dropSerialKey(serial: string): Promise<boolean>;
  /** A server-wide secret, which is created at its first use. */
  secret(name: string, create: () => string): Promise<string>;
  findSecret(name: string): Promise<string | undefined>;
  /** Only for a secret that may change, e.g. the hash of the admin's password. */
  replaceSecret(name: string, value: string): Promise<void>;
  close(): Promise<void>;
}
