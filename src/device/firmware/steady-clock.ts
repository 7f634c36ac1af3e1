import type { Clock } from '../../core/index.js';

/** A moment, and what came before it. Milliseconds since the epoch. */
export interface Moment {
  readonly nowMs: number;
  /** From then on this server was there to hear of devices, and its clock was not set. */
  readonly steadyFromMs: number;
}

/**
 * Apart by more than this between two looks, the clock was set or the machine slept; what a time server corrects by
 * little steps moves both clocks. Milliseconds.
 */
export const JUMP_MS = 5000;

/**
 * Tells time that passed from time that was set: times that are kept in the database can only be those of the wall
 * clock.
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
