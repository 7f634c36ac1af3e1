import type { Logger } from '../../core/index.js';
import type { DeviceRecord, DeviceStore } from '../../platform/store/index.js';
import type { Connections } from '../transport/connections.js';
import type { Pairing } from './pairing.js';

export interface DeviceControlOptions {
  readonly store: DeviceStore;
  readonly pairing: Pairing;
  readonly connections: Connections;
  readonly onForget?: ((deviceId: string) => void | Promise<void>) | undefined;
  readonly log: Logger;
}

/** What an operator can do with devices. Errors: `store.*`. */
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
   * Binds the device that speaks this code. Returns undefined for a wrong code. Wrong codes are limited for each
   * `source` and for all sources together. Error: `auth.rate_limited`.
   */
  approve(code: string, source: string): Promise<DeviceRecord | undefined> {
    return this.options.pairing.approve(code, source);
  }

  /**
   * The old token works until the device uses a new token, which it fetches at its next boot. Returns undefined if
   * there is no such device.
   */
  async rotate(deviceId: string): Promise<DeviceRecord | undefined> {
    return (await this.find(deviceId)) && this.options.store.rotate(deviceId);
  }

  /** Invalidates the device's tokens and disconnects the device at once. Returns false if there is no such device. */
  async revoke(deviceId: string): Promise<boolean> {
    if (!(await this.find(deviceId))) return false;
    await this.options.store.revoke(deviceId);
    this.options.connections.of(deviceId)?.close('revoked', 'policy');
    this.options.log.info('device revoked', { deviceId });
    return true;
  }

  /** An undefined `name` removes the name. Returns undefined if there is no such device. */
  async rename(deviceId: string, name: string | undefined): Promise<DeviceRecord | undefined> {
    return (await this.find(deviceId)) && this.options.store.rename(deviceId, name);
  }

  /** Disconnects the device even if the database does not answer. Returns false if there is no such device. */
  async forget(deviceId: string): Promise<boolean> {
    // The first call stops the session from writing. The second call is for a device that reconnected meanwhile.
    await this.#silence(deviceId);
    const known = await this.options.store.forget(deviceId);
    await this.#silence(deviceId);
    if (known) this.options.log.info('device forgotten', { deviceId });
    return known;
  }

  /** Resolves when the session is over and no data about the device is left in memory. */
  async #silence(deviceId: string): Promise<void> {
    this.options.connections.of(deviceId)?.close('forgotten', 'policy');
    // The session ends its last turn in the next microtask.
    await Promise.resolve();
    await this.options.onForget?.(deviceId);
  }
}
