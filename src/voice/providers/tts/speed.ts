/** Expected time of a synthesis from its length, learned from the runs so far (exponentially weighted). */
export class SpeedEstimate {
  /** Weight of the newest run: the last ten or so decide. */
  static readonly #WEIGHT = 0.2;
  #msPerUnit: number;

  /** `msPerUnit`: what is assumed before the first run; a unit is one Latin letter, a CJK character counts as {@link CJK_UNITS}. */
  constructor(
    msPerUnit: number,
    private readonly fixedMs: number,
  ) {
    this.#msPerUnit = msPerUnit;
  }

  predictMs(text: string): number {
    return this.fixedMs + speechUnits(text) * this.#msPerUnit;
  }

  learn(text: string, tookMs: number): void {
    const units = speechUnits(text);
    // A word or two says more about the fixed cost than about the speed.
    if (units < 10) return;
    const measured = Math.max(0, tookMs - this.fixedMs) / units;
    this.#msPerUnit += SpeedEstimate.#WEIGHT * (measured - this.#msPerUnit);
  }
}

/** A CJK character is a spoken syllable, about 240 ms; an English letter with its share of the spaces about 65 ms. */
const CJK_UNITS = 4;

/** Length of a text in spoken time, whatever its script. */
export function speechUnits(text: string): number {
  let units = 0;
  for (const char of text) units += (char.codePointAt(0) ?? 0) >= 0x2e80 ? CJK_UNITS : 1;
  return units;
}
