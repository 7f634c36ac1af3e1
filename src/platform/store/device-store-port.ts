import type { LanguageTag } from '../../core/index.js';

/**
 * The reason for trusting a device: the local network, a spoken code, an open server, the allowlist, a command on the
 * server's machine, the browser of a signed-in admin, or an import from another server.
 */
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
  /**
   * The Client-Id of the binding. A MAC can be guessed, but not a Client-Id (a random UUID). So a client with another
   * Client-Id is not this device.
   */
  readonly boundClientId: string | undefined;
  /** Part of the data that a token signs. Rotation and `devices revoke` increment it. */
  readonly tokenGeneration: number;
  /** The previous generation stays valid until the new one is first used. */
  readonly previousGenerationValid: boolean;
  readonly revoked: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** The name that its owner gave it. */
  readonly name: string | undefined;
  /** Id of the agent that answers on this device. Undefined: the configured assistant. */
  readonly agentId: string | undefined;
  /**
   * Ids of the agents that the device may change to by voice. An empty id is the configured assistant. Undefined: none.
   */
  readonly roles: readonly string[] | undefined;
}

/** Maximum number of agents that one device may change to. */
export const MAX_ROLES = 16;

/** A device in another server's data. */
export type AdoptedDevice = Pick<
  DeviceRecord,
  'deviceId' | 'board' | 'firmwareVersion' | 'language' | 'name' | 'agentId'
>;

/**
 * A pairing in progress. There is one per device and client, so that an impostor with the same MAC gets another code.
 */
export interface ActivationRecord {
  readonly deviceId: string;
  readonly clientId: string;
  /** Six digits. Undefined: the code was used. */
  readonly code: string | undefined;
  readonly challenge: string;
  readonly createdMs: number;
  readonly expiresMs: number;
}

/**
 * Devices, bindings and pairing codes. When a method resolves, its change is on disk. Errors: `store.failed`,
 * `data.disk_full`; with a database server also `store.unreachable`, `store.refused`.
 */
export interface DeviceStore {
  find(deviceId: string): Promise<DeviceRecord | undefined>;
  /**
   * Creates a device, or updates the data that the device reports. Never changes its binding. Keeps the newest 1000
   * devices that were never bound.
   */
  seen(
    device: Pick<DeviceRecord, 'deviceId' | 'clientId' | 'board' | 'firmwareVersion' | 'language'>,
    atMs: number,
  ): Promise<DeviceRecord>;
  /**
   * Binds a device and cancels a revocation. Another client starts a new token generation. With `import`, the old
   * server's token stays valid until the first generation is used. `store.failed` for an unknown device.
   */
  bind(deviceId: string, clientId: string, by: BoundBy, atMs: number): Promise<DeviceRecord>;
  /**
   * Like {@link bind}, but resolves with undefined if `max` other devices are already bound in the same way. The check
   * and the binding form one transaction, so that devices that connect at the same moment cannot exceed the limit
   * together.
   */
  bindWithin(
    max: number,
    deviceId: string,
    clientId: string,
    by: BoundBy,
    atMs: number,
  ): Promise<DeviceRecord | undefined>;
  countBound(by: BoundBy): Promise<number>;
  /**
   * Imports devices that another server had bound. They are bound by `import`. Each device has no bound client until
   * its first client is admitted. A known device keeps its state (also a revocation), and only gains a missing name or
   * agent. Returns the number of added devices.
   */
  adopt(devices: readonly AdoptedDevice[], atMs: number): Promise<number>;
  /** Ends the previous generation, because a token of the current one was used. */
  confirmGeneration(deviceId: string): Promise<void>;
  /** Starts a new token generation, unless the current one has not been used yet. */
  rotate(deviceId: string): Promise<DeviceRecord>;
  /** Invalidates all tokens of the device and unbinds it. The device then needs a code to be bound again. */
  revoke(deviceId: string): Promise<void>;
  list(): Promise<readonly DeviceRecord[]>;
  /** Names the device. Undefined removes the name. `store.failed` for an unknown device. */
  rename(deviceId: string, name: string | undefined): Promise<DeviceRecord>;
  /**
   * Removes the device and all its data: pairings, firmware installs, turns, use of services, memories, notices, data
   * of tools. False: the device was not known.
   */
  forget(deviceId: string): Promise<boolean>;
  /**
   * Assigns an agent to the device. Undefined: the configured assistant. `store.failed` for an unknown device or agent.
   */
  assignAgent(deviceId: string, agentId: string | undefined): Promise<DeviceRecord>;
  /**
   * Sets which agents the device may change to by voice, at most {@link MAX_ROLES}. `store.failed` for an unknown
   * device.
   */
  allowRoles(deviceId: string, agentIds: readonly string[]): Promise<DeviceRecord>;
  /**
   * Replaces the pairing of the same device and client. Drops expired pairings. If there are more than 100, drops first
   * the pairings whose code was used, then the oldest. `store.taken` if another pairing has the code.
   */
  putActivation(record: ActivationRecord): Promise<void>;
  activationOf(deviceId: string, clientId: string): Promise<ActivationRecord | undefined>;
  /** Uses up a code: only one of two callers gets the record. Undefined: the code is unknown, used or expired. */
  takeCode(code: string, atMs: number): Promise<ActivationRecord | undefined>;
  /** Removes the pairing. Returns true to exactly one caller. */
  dropActivation(deviceId: string, clientId: string): Promise<boolean>;
  /** The registered activation key of a device with a serial number (32 bytes as hex). */
  serialKey(serial: string): Promise<string | undefined>;
  /** Registers activation keys (32 bytes as hex) by serial number. A key replaces an earlier one of the same number. */
  putSerialKeys(keys: ReadonlyMap<string, string>): Promise<void>;
  /** At most `limit` serial numbers with a registered key, in order, starting after `after`. */
  serials(after: string, limit: number): Promise<readonly string[]>;
  /** False: no key is registered for this serial number. */
  dropSerialKey(serial: string): Promise<boolean>;
  /** A server-wide secret (such as the token signing key), which is created at its first use. */
  secret(name: string, create: () => string): Promise<string>;
  /** Undefined: there is no such secret. */
  findSecret(name: string): Promise<string | undefined>;
  /** Sets a secret that may change (the hash of the admin's password). */
  replaceSecret(name: string, value: string): Promise<void>;
  close(): Promise<void>;
}
