import { HOUR_MS, type Clock } from '../../core/index.js';
import type { TurnState } from '../turn/index.js';

/** What a session has learned about the person at a device, and about the speed of the language model. */
export type Habits = Pick<TurnState, 'ownPauseMs' | 'thinkingMs' | 'usualLevelDb'>;

/**
 * Habits are forgotten after this time, because another person may then use the device, or it may be in another room.
 */
const KEEP_MS = 6 * HOUR_MS;
const MAX_KEPT = 2_000;

interface Kept {
  readonly habits: Habits;
  readonly atMs: number;
}

/** Many devices connect again for each conversation, so habits outlast a connection. The oldest are dropped. */
export class KeptHabits {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /** Undefined if nothing is known, or if the habits are too old. */
  of(deviceId: string): Habits | undefined {
    const kept = this.#kept.get(deviceId);
    return kept !== undefined && this.clock.nowMs() - kept.atMs < KEEP_MS ? kept.habits : undefined;
  }

  keep(deviceId: string, { ownPauseMs, thinkingMs, usualLevelDb }: Habits): void {
    this.#kept.delete(deviceId);
    this.#kept.set(deviceId, { habits: { ownPauseMs, thinkingMs, usualLevelDb }, atMs: this.clock.nowMs() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  forget(deviceId: string): void {
    this.#kept.delete(deviceId);
  }
}
