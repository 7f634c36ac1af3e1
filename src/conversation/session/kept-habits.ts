import type { Clock } from '../../core/index.js';
import type { TurnState } from '../turn/index.js';

/** What a session has learned of the person at a device, and of the model that answers. */
export type Habits = Pick<TurnState, 'ownPauseMs' | 'thinkingMs' | 'usualLevelDb'>;

/** Later, another person may be at the device, or the device in another place. */
const KEEP_MS = 6 * 3_600_000;
/** Most devices; a few numbers each. */
const MAX_KEPT = 2_000;

interface Kept {
  readonly habits: Habits;
  readonly atMs: number;
}

/**
 * Keeps habits beyond their connection, since many devices connect anew for each conversation. The oldest are dropped
 * where there are too many.
 */
export class KeptHabits {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /** The habits at this device; undefined: unknown, or known too long ago. */
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
