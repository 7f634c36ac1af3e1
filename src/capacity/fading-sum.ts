/**
 * A decaying sum. After each half-life, half of an added amount is left. For a steady rate it converges to rate times
 * half-life / ln 2. Pure: time is passed in.
 */
export class FadingSum {
  #value = 0;
  #atMs = 0;

  constructor(private readonly halfLifeMs: number) {}

  add(value: number, nowMs: number): void {
    this.#value = this.at(nowMs) + value;
    this.#atMs = nowMs;
  }

  at(nowMs: number): number {
    return this.#value * 0.5 ** ((nowMs - this.#atMs) / this.halfLifeMs);
  }
}
