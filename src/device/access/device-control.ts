import type { Logger } from '../../core/index.js';
import type { DeviceRecord, DeviceStore } from '../../platform/store/index.js';
import type { Connections } from '../transport/connections.js';
import type { Pairing } from './pairing.js';

export interface DeviceControlOptions {
  readonly store: DeviceStore;
  readonly pairing: Pairing;
  readonly connections: Connections;
  /** Drops everything about a device from memory (see `DevicesOptions`). */
  readonly onForget?: ((deviceId: string) => void | Promise<void>) | undefined;
  readonly log: Logger;
}

/**
 * What an operator can do with devices. A change also applies at once to the device's open connection. Errors:
 * `store.*`.
 */
export class DeviceControl {
  constructor(private readonly options: DeviceControlOptions) {}

  list(): Promise<readonly DeviceRecord[]> {
    return this.options.store.list();
  }

  find(deviceId: string): Promise<DeviceRecord | undefined> {
    return this.options.store.find(deviceId);
  }

  isConnected(deviceId: string): boolean {
    return this.options.connections.of(deviceId) !== undefined;
  }

  /**
   * Binds the device that speaks this code. Undefined: there is no such code. `source`: the client that enters the
   * code. Wrong codes are counted for each client. Error: `auth.rate_limited`.
   */
  approve(code: string, source: string): Promise<DeviceRecord | undefined> {
    return this.options.pairing.approve(code, source);
  }

  /**
   * Gives the device a new token when it next boots. The old token works until then. Undefined: there is no such
   * device.
   */
  async rotate(deviceId: string): Promise<DeviceRecord | undefined> {
    return (await this.find(deviceId)) && this.options.store.rotate(deviceId);
  }

  /** Ends the validity of the device's tokens, and its connection, at once. False: there is no such device. */
  async revoke(deviceId: string): Promise<boolean> {
    if (!(await this.find(deviceId))) return false;
    await this.options.store.revoke(deviceId);
    this.options.connections.of(deviceId)?.close('revoked', 'policy');
    this.options.log.info('device revoked', { deviceId });
    return true;
  }

  /**
   * Changes the name of a device. An undefined `name` removes the name. Resolves with undefined if there is no such
   * device.
   */
  async rename(deviceId: string, name: string | undefined): Promise<DeviceRecord | undefined> {
    return (await this.find(deviceId)) && this.options.store.rename(deviceId, name);
  }

  /**
   * Deletes all data about the device. Ends its connection even if the database does not answer. False: there is no
   * such device.
   */
  async forget(deviceId: string): Promise<boolean> {
    // Disconnects the device first, so that its session writes nothing more. It may reconnect while the database is
    // busy, so it is disconnected again afterwards.
    await this.#silence(deviceId);
    const known = await this.options.store.forget(deviceId);
    await this.#silence(deviceId);
    if (known) this.options.log.info('device forgotten', { deviceId });
    return known;
  }

  /** Ends the connection. Resolves when the session is over and no data about the device is left in memory. */
  async #silence(deviceId: string): Promise<void> {
    this.options.connections.of(deviceId)?.close('forgotten', 'policy');
    // The session ends its last turn in the next microtask.
    await Promise.resolve();
    await this.options.onForget?.(deviceId);
  }
}
