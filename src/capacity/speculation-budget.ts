import { FadingSum } from './fading-sum.js';

/** An hour of half minutes' worth of memory would answer yesterday's load; a minute holds some ten turns of each device. */
const HALF_LIFE_MS = 60_000;
/** Of the time that recognition takes. The measure that is held is 15 % (`chorus bench`), the rest is for what is not known yet. */
const MAX_WASTE = 0.12;
/** Of all slots: so much waste is nobody's loss, however little recognition there is besides. One device that hesitates in every sentence. */
const FREE_WASTE = 0.02;

/**
 * Whether recognition may begin before the end of the utterance is certain. Into idle slots it costs nobody time
 * (docs/adr/0015-scheduling-order.md: text is sooner there at any load, and less is speculated the fuller it gets), but what is thrown
 * away costs power and heat. So there is a bound to what is wasted, as a part of what recognition takes. Pure: time is passed in.
 */
export class SpeculationBudget {
  readonly #ran = new FadingSum(HALF_LIFE_MS);
  readonly #wasted = new FadingSum(HALF_LIFE_MS);
  readonly #freeMs: number;

  constructor(slots: number) {
    this.#freeMs = (FREE_WASTE * slots * HALF_LIFE_MS) / Math.LN2;
  }

  allows(nowMs: number): boolean {
    return this.#wasted.at(nowMs) <= Math.max(this.#freeMs, MAX_WASTE * this.#ran.at(nowMs));
  }

  /** A recognition has ended, speculative or not. */
  ran(runMs: number, nowMs: number): void {
    this.#ran.add(runMs, nowMs);
  }

  /** One that had ended turned out to be for nothing. */
  wasted(runMs: number, nowMs: number): void {
    this.#wasted.add(runMs, nowMs);
  }
}
