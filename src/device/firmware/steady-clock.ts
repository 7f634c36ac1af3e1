import type { Clock } from '../../core/index.js';

/** Times in milliseconds since the epoch. */
export interface Moment {
  readonly nowMs: number;
  /** Since this time, devices were heard without interruption and the clock was not set. */
  readonly steadyFromMs: number;
}

/**
 * If the wall clock moves this much against the monotonic clock, the wall clock was set or the machine slept. A time
 * server's small corrections change both clocks.
 */
export const JUMP_MS = 5000;

/** Tells whether time really passed or the wall clock was set, because the database contains only wall-clock times. */
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
