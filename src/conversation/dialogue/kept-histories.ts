import type { Clock } from '../../core/index.js';
import type { History } from './history.js';

export interface KeptHistoriesOptions {
  readonly clock: Clock;
  /** Counted from the last exchange, or from the last call of {@link KeptHistories.of} if that is later. */
  readonly keepMs: () => number;
  readonly create: () => History;
}

/** A kept history takes about 10 kB. */
const MAX_KEPT = 2000;

interface Kept {
  readonly deviceId: string;
  /** Empty for the configured assistant. */
  readonly agentId: string;
  readonly history: History;
  lastMs: number;
}

/**
 * Keeps histories when a connection ends. A device that returns in time continues its conversation. Each agent of a
 * device has its own history.
 */
export class KeptHistories {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly options: KeptHistoriesOptions) {}

  /** An undefined `agentId` means the configured assistant. */
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

  /** Call this after each exchange. The time limit starts again. */
  used(deviceId: string, agentId: string | undefined): void {
    const key = `${deviceId} ${agentId ?? ''}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#put(key, kept);
  }

  /**
   * An undefined id matches all histories. An empty `agentId` means the configured assistant. A session that is open
   * keeps using its history.
   */
  forget(deviceId: string | undefined, agentId?: string): void {
    for (const [key, kept] of this.#kept)
      if ((deviceId ?? kept.deviceId) === kept.deviceId && (agentId ?? kept.agentId) === kept.agentId)
        this.#kept.delete(key);
  }

  /** Moves the history to the end of the map. The oldest histories are dropped from its start. */
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
