import type { Clock } from '../../core/index.js';
import type { History } from './history.js';

export interface KeptHistoriesOptions {
  readonly clock: Clock;
  /** How long after its last exchange a conversation can be continued. */
  readonly keepMs: () => number;
  readonly create: () => History;
}

/** Maximum number of kept histories. Each takes about 10 kB. */
const MAX_KEPT = 2000;

interface Kept {
  readonly deviceId: string;
  /** Id of the agent. Empty: the configured assistant. */
  readonly agentId: string;
  readonly history: History;
  lastMs: number;
}

/**
 * Keeps histories when a connection ends, so that a device that returns in time continues its conversation. Each agent
 * of a device has its own history.
 */
export class KeptHistories {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly options: KeptHistoriesOptions) {}

  /** The history of the device with this agent (undefined: the configured assistant), or a new one if none is kept. */
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

  /** Call it after an exchange in this history. The time in which the conversation can be continued starts again. */
  used(deviceId: string, agentId: string | undefined): void {
    const key = `${deviceId} ${agentId ?? ''}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) this.#put(key, kept);
  }

  /**
   * Forgets the histories of a device, of an agent (empty: the configured assistant), or all of them. An open session
   * keeps the history that it uses.
   */
  forget(deviceId: string | undefined, agentId?: string): void {
    for (const [key, kept] of this.#kept)
      if ((deviceId ?? kept.deviceId) === kept.deviceId && (agentId ?? kept.agentId) === kept.agentId)
        this.#kept.delete(key);
  }

  /** Puts the entry at the end of the map, because the oldest entries are dropped from the start. */
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
