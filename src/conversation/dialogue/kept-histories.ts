import type { Clock } from '../../core/index.js';
import type { History } from './history.js';

export interface KeptHistoriesOptions {
  readonly clock: Clock;
  /** Time after its last exchange in which a conversation can be continued. Read at each use. */
  readonly keepMs: () => number;
  readonly create: () => History;
}

/** Maximum number of kept conversations of devices that may come back. Each takes about 10 kB. */
const MAX_KEPT = 2000;

interface Kept {
  readonly deviceId: string;
  /** Empty: the configured assistant. */
  readonly agentId: string;
  readonly history: History;
  lastMs: number;
}

/**
 * Keeps histories beyond their connection, so that a conversation goes on when a device comes back in time. Each agent
 * of a device has its own.
 */
export class KeptHistories {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly options: KeptHistoriesOptions) {}

  /** The history of the device with this agent (undefined: the configured assistant), or a new one. */
  of(deviceId: string, agentId: string | undefined): History {
    this.#dropOld();
    const key = `${deviceId} ${agentId ?? ''}`;
    const kept = this.#kept.get(key) ?? {
      deviceId,
      agentId: agentId ?? '',
      history: this.options.create(),
      lastMs: 0,
    };
    this.#put(key, kept);
    return kept.history;
  }

  /** Notes an exchange in this history. This restarts the time in which it can be continued. */
  used(deviceId: string, agentId: string | undefined): void {
    const key = `${deviceId} ${agentId ?? ''}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#put(key, kept);
  }

  /**
   * Forgets the histories of a device or an agent (empty: the configured assistant), or all. An open session keeps its
   * own.
   */
  forget(deviceId: string | undefined, agentId?: string): void {
    for (const [key, kept] of this.#kept)
      if ((deviceId ?? kept.deviceId) === kept.deviceId && (agentId ?? kept.agentId) === kept.agentId)
        this.#kept.delete(key);
  }

  /** Adds or moves the entry to the end of the map, because the oldest entries are dropped from its start. */
  #put(key: string, kept: Kept): void {
    kept.lastMs = this.options.clock.nowMs();
    this.#kept.delete(key);
    this.#kept.set(key, kept);
  }

  #dropOld(): void {
    const { clock, keepMs } = this.options;
    const fromMs = clock.nowMs() - keepMs();
    for (const [key, { lastMs }] of this.#kept) {
      if (lastMs > fromMs && this.#kept.size < MAX_KEPT) return;
      this.#kept.delete(key);
    }
  }
}
