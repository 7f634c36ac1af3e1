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
  readonly lastMs: number;
  /** True if it has a summary for an agent that has not taken over yet. */
  readonly awaited: boolean;
}

/**
 * Keeps histories when a connection ends. A device that returns in time continues its conversation. Each agent of a
 * device has its own history.
 */
export class KeptHistories {
  readonly #kept = new Map<string, Kept>();
  /** Dropped because of their age. An open session may still use one of them. */
  #dropped = new WeakSet<History>();

  constructor(private readonly options: KeptHistoriesOptions) {}

  /** An undefined `agentId` means the configured assistant. */
  of(deviceId: string, agentId: string | undefined): History {
    this.#dropOld();
    const { history } = this.#kept.get(keyOf(deviceId, agentId)) ?? { history: this.options.create() };
    this.#put(deviceId, agentId, history);
    return history;
  }

  /** The summary is kept until the agent takes over with its next call of {@link of}. */
  handOver(deviceId: string, agentId: string | undefined, summary: string): void {
    const history = this.of(deviceId, agentId);
    history.handOver(summary);
    this.#put(deviceId, agentId, history, true);
  }

  /** Call this after each exchange. The time limit starts again. */
  used(deviceId: string, agentId: string | undefined, history: History): void {
    const kept = this.#kept.get(keyOf(deviceId, agentId));
    if (kept?.history === history || (kept === undefined && this.#dropped.has(history)))
      this.#put(deviceId, agentId, history);
  }

  /**
   * An undefined id matches all histories. An empty `agentId` means the configured assistant. A session that is open
   * keeps using its history.
   */
  forget(deviceId: string | undefined, agentId?: string): void {
    for (const [key, kept] of this.#kept)
      if ((deviceId ?? kept.deviceId) === kept.deviceId && (agentId ?? kept.agentId) === kept.agentId)
        this.#kept.delete(key);
    // Nothing tells whose the dropped ones are, so none of them comes back.
    this.#dropped = new WeakSet();
  }

  /** Puts the history at the end of the map. The oldest histories are dropped from its start. */
  #put(deviceId: string, agentId = '', history: History, awaited = false): void {
    const key = keyOf(deviceId, agentId);
    this.#kept.delete(key);
    this.#kept.set(key, { deviceId, agentId, history, lastMs: this.options.clock.nowMs(), awaited });
  }

  #dropOld(): void {
    const { clock, keepMs } = this.options;
    const fromMs = clock.nowMs() - keepMs();
    for (const [key, { lastMs, awaited, history }] of this.#kept) {
      const full = this.#kept.size >= MAX_KEPT;
      if (lastMs > fromMs && !full) return;
      if (awaited && !full) continue;
      this.#kept.delete(key);
      this.#dropped.add(history);
    }
  }
}

const keyOf = (deviceId: string, agentId = ''): string => `${deviceId} ${agentId}`;
