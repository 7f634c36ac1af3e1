import { spokenUnits } from '../../audio/index.js';

/** Expected time of a synthesis from its length, learned from the runs so far (exponentially weighted). */
export class SpeedEstimate {
  /** Weight of the newest run: the last ten or so decide. */
  static readonly #WEIGHT = 0.2;
  #msPerUnit: number;

  /** `msPerUnit`: what is assumed before the first run; units as in {@link spokenUnits}. */
  constructor(
    msPerUnit: number,
    private readonly fixedMs: number,
  ) {
    this.#msPerUnit = msPerUnit;
  }

  predictMs(text: string): number {
    return this.fixedMs + spokenUnits(text) * this.#msPerUnit;
  }

  learn(text: string, tookMs: number): void {
    const units = spokenUnits(text);
    // A word or two says more about the fixed cost than about the speed.
    if (units < 10) return;
    const measured = Math.max(0, tookMs - this.fixedMs) / units;
    this.#msPerUnit += SpeedEstimate.#WEIGHT * (measured - this.#msPerUnit);
  }
}
