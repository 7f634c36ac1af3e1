import type { Clock } from '../../core/index.js';

/** A time, and how long the clock has been reliable until then. Milliseconds since the epoch. */
export interface Moment {
  readonly nowMs: number;
  /** Since this time, the server could hear devices without interruption, and its clock was not set. */
  readonly steadyFromMs: number;
}

/**
 * If the wall clock and the monotonic clock drift apart by more than this between two looks, the wall clock was set or
 * the machine slept. Small corrections by a time server change both. Milliseconds.
 */
export const JUMP_MS = 5000;

/**
 * Tells whether time really passed or the wall clock was set. The times in the database cannot show that, because they
 * are wall-clock times.
 */
export class SteadyClock {
  #steadyFromMs: number;
  #aheadMs: number;

  constructor(private readonly clock: Clock) {
    this.#steadyFromMs = clock.wallMs();
    this.#aheadMs = clock.wallMs() - clock.nowMs();
  }

  look(): Moment {
    const nowMs = this.clock.wallMs();
    const aheadMs = nowMs - this.clock.nowMs();
    if (Math.abs(aheadMs - this.#aheadMs) > JUMP_MS) this.#steadyFromMs = nowMs;
    this.#aheadMs = aheadMs;
    return { nowMs, steadyFromMs: this.#steadyFromMs };
  }
}
