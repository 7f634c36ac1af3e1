import type { LanguageTag } from '../../core/index.js';

/** How a device came to be trusted: by its place in the network, a spoken code, an open server, the allowlist, a command on the server's machine, as a browser in which the admin is signed in, or by another server from which it was brought over. */
export type BoundBy = 'lan' | 'code' | 'open' | 'allowlist' | 'local' | 'console' | 'import';

export interface DeviceRecord {
  readonly deviceId: string;
  /** What the device said last; a claim. */
  readonly clientId: string;
  readonly board: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly language: LanguageTag;
  /** Undefined: not bound yet. */
  readonly boundAtMs: number | undefined;
  readonly boundBy: BoundBy | undefined;
  /**
   * The Client-Id that was bound. A MAC can be guessed, a Client-Id (a random UUID) cannot: whoever comes with another one
   * is not this device.
   */
  readonly boundClientId: string | undefined;
  /** Incremented by `devices revoke` and by rotation; part of what a token signs. */
  readonly tokenGeneration: number;
  /** The generation before stays valid until the new one was first used. */
  readonly previousGenerationValid: boolean;
  readonly revoked: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** What its people call it. */
  readonly name: string | undefined;
  /** An {@link AgentRecord}'s id: who answers on this device, in place of what the configuration says. */
  readonly agentId: string | undefined;
}

/** What another server knew of a device. */
export type AdoptedDevice = Pick<
  DeviceRecord,
  'deviceId' | 'board' | 'firmwareVersion' | 'language' | 'name' | 'agentId'
>;

/** A pairing in progress: one per device and client, so that an impostor with the same MAC gets another code. */
export interface ActivationRecord {
  readonly deviceId: string;
  readonly clientId: string;
  /** Six digits; undefined once it was used. */
  readonly code: string | undefined;
  readonly challenge: string;
  readonly createdMs: number;
  readonly expiresMs: number;
}

/**
 * Devices, bindings and pairing codes. What a method resolved is on disk. Errors: `store.failed`, `data.disk_full`; of a database
 * server also `store.unreachable`, `store.refused`.
 */
export interface DeviceStore {
  find(deviceId: string): Promise<DeviceRecord | undefined>;
  /** Creates or updates what the device says of itself; never touches the binding. Of devices never bound the newest 1000 are kept. */
  seen(
    device: Pick<DeviceRecord, 'deviceId' | 'clientId' | 'board' | 'firmwareVersion' | 'language'>,
    atMs: number,
  ): Promise<DeviceRecord>;
  /**
   * Binds, and lifts a revocation. A change of the client starts a new token generation; by `import`, what the device had before the first
   * generation stays valid until that is used. `store.failed` for a device never seen.
   */
  bind(deviceId: string, clientId: string, by: BoundBy, atMs: number): Promise<DeviceRecord>;
  /**
   * Like {@link bind}, unless `max` devices are bound that way already (this one not counted): then undefined. One
   * transaction, so that devices that come at the same moment cannot exceed the bound together.
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
   * Takes devices over that another server had bound: they are bound by `import` without a client, until the first comes that is let in. What is
   * known already is left as it is (a revoked one stays revoked), but for a name or an agent where it has none. How many are new.
   */
  adopt(devices: readonly AdoptedDevice[], atMs: number): Promise<number>;
  /** A token of the current generation was used: the previous one ends. */
  confirmGeneration(deviceId: string): Promise<void>;
  /** Starts a new token generation; does nothing while the one before has not been used yet. */
  rotate(deviceId: string): Promise<DeviceRecord>;
  /** Ends every token of the device and unbinds it; it is never bound again without a code. */
  revoke(deviceId: string): Promise<void>;
  list(): Promise<readonly DeviceRecord[]>;
  /** Undefined: it has no name any more. `store.failed` for a device never seen. */
  rename(deviceId: string, name: string | undefined): Promise<DeviceRecord>;
  /** Everything that is kept of the device goes: binding, pairings, firmware installs, turns. False: it was not known. */
  forget(deviceId: string): Promise<boolean>;
  /** Undefined: the configuration says again who answers. `store.failed` for a device never seen, or an agent that there is not. */
  assignAgent(deviceId: string, agentId: string | undefined): Promise<DeviceRecord>;
  /** Replaces the one of the same device and client. Expired ones and the oldest beyond 100 are dropped. `store.taken` when another one has the code. */
  putActivation(record: ActivationRecord): Promise<void>;
  activationOf(deviceId: string, clientId: string): Promise<ActivationRecord | undefined>;
  /** Takes the code: of two callers one gets the record, and it has no code afterwards. Undefined: unknown, used or expired. */
  takeCode(code: string, atMs: number): Promise<ActivationRecord | undefined>;
  /** True for exactly one caller. */
  dropActivation(deviceId: string, clientId: string): Promise<boolean>;
  /** The activation key burnt into devices with a serial number (32 bytes as hex), where somebody has registered it. */
  serialKey(serial: string): Promise<string | undefined>;
  putSerialKey(serial: string, keyHex: string): Promise<void>;
  /** Server-wide secrets (token signing key), created once. */
  secret(name: string, create: () => string): Promise<string>;
  /** Undefined: there is none of that name. */
  findSecret(name: string): Promise<string | undefined>;
  /** Sets a secret that may change (the hash of the admin's password). */
  replaceSecret(name: string, value: string): Promise<void>;
  close(): Promise<void>;
}
