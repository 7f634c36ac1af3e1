import { FadingSum } from './fading-sum.js';

/** A minute contains several turns of each device. A much longer memory would react to load that is already over. */
const HALF_LIFE_MS = 60_000;
/** At most 15 % of recognition time may be wasted. This limit is lower, as a margin for work in progress. */
const MAX_WASTE = 0.12;
/**
 * Used if answers begin before the end of the utterance is certain. Recognition then starts at shorter pauses, and
 * wasted 20 % at 40 devices (docs/capacity.md).
 */
const MAX_WASTE_EARLY = 0.25;
/**
 * This share of all slots may always be wasted, because that delays no device. Otherwise a single device that often
 * hesitates would get no speculation.
 */
const FREE_WASTE = 0.02;

/**
 * Decides whether recognition may begin before the utterance has certainly ended. Speculation in idle slots delays no
 * device (docs/adr/0015-scheduling-order.md). It is limited, because it costs power and heat.
 */
export class SpeculationBudget {
  readonly #ran = new FadingSum(HALF_LIFE_MS);
  readonly #wasted = new FadingSum(HALF_LIFE_MS);
  readonly #freeMs: number;

  constructor(slots: number) {
    this.#freeMs = (FREE_WASTE * slots * HALF_LIFE_MS) / Math.LN2;
  }

  /** `early` is true if the answer begins before the end of the utterance is certain. */
  allows(nowMs: number, early = false): boolean {
    const share = early ? MAX_WASTE_EARLY : MAX_WASTE;
    return this.#wasted.at(nowMs) <= Math.max(this.#freeMs, share * this.#ran.at(nowMs));
  }

  /** Call this when any recognition has ended, speculative or not. */
  ran(runMs: number, nowMs: number): void {
    this.#ran.add(runMs, nowMs);
  }

  /** Call this when the result of a finished recognition was not needed. */
  wasted(runMs: number, nowMs: number): void {
    this.#wasted.add(runMs, nowMs);
  }
}
