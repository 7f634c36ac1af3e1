import type { Metrics } from '../../core/index.js';
import type { WebSocketConnection } from './device-connection.js';

/** How many of something there are by key; a key without any takes no memory. */
export class Tally {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string): void {
    this.#counts.set(key, this.of(key) + 1);
  }

  remove(key: string): void {
    const left = this.of(key) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}

/** The open connections, one a device. */
export class Connections {
  readonly #all = new Set<WebSocketConnection>();
  readonly #byDevice = new Map<string, WebSocketConnection>();
  #whenEmpty: (() => void)[] = [];

  constructor(private readonly metrics: Metrics) {}

  get size(): number {
    return this.#all.size;
  }

  /** A device has one connection: the one before is closed (docs/protocol.md, checklist 71). */
  add(deviceId: string, connection: WebSocketConnection): void {
    const before = this.#byDevice.get(deviceId);
    this.#byDevice.set(deviceId, connection);
    this.#all.add(connection);
    this.metrics.gauge('chorus_connections', this.#all.size);
    before?.close('replaced by a newer connection of the device', 4001);
  }

  remove(deviceId: string, connection: WebSocketConnection): void {
    this.#all.delete(connection);
    if (this.#byDevice.get(deviceId) === connection) this.#byDevice.delete(deviceId);
    this.metrics.gauge('chorus_connections', this.#all.size);
    if (this.#all.size > 0) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }

  of(deviceId: string): WebSocketConnection | undefined {
    return this.#byDevice.get(deviceId);
  }

  [Symbol.iterator](): IterableIterator<WebSocketConnection> {
    return new Set(this.#all).values();
  }

  /** Resolves when there is none. */
  empty(): Promise<void> {
    if (this.#all.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }
}
