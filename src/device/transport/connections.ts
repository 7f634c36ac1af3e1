import type { Metrics } from '../../core/index.js';
import type { OpenConnection } from './transport-port.js';

/** The open connections of all transports. Each device has at most one. */
export class Connections {
  readonly #all = new Set<OpenConnection>();
  readonly #byDevice = new Map<string, OpenConnection>();
  #whenEmpty: (() => void)[] = [];

  constructor(private readonly metrics: Metrics) {}

  get size(): number {
    return this.#all.size;
  }

  /** Closes the device's previous connection (docs/protocol.md, checklist 71). */
  add(deviceId: string, connection: OpenConnection): void {
    const before = this.#byDevice.get(deviceId);
    this.#byDevice.set(deviceId, connection);
    this.#all.add(connection);
    this.metrics.gauge('chorus_connections', this.#all.size);
    before?.close('replaced by a newer connection of the device', 'replaced');
  }

  remove(deviceId: string, connection: OpenConnection): void {
    this.#all.delete(connection);
    if (this.#byDevice.get(deviceId) === connection) this.#byDevice.delete(deviceId);
    this.metrics.gauge('chorus_connections', this.#all.size);
    if (this.#all.size > 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  of(deviceId: string): OpenConnection | undefined {
    return this.#byDevice.get(deviceId);
  }

  [Symbol.iterator](): IterableIterator<OpenConnection> {
    return new Set(this.#all).values();
  }

  /** Resolves when no connection is open. */
  empty(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }
}
