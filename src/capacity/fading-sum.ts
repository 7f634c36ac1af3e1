/**
 * A sum whose amounts decay: after each half-life, half of an amount is left. If amounts are added at a steady rate,
 * the sum converges to rate times half-life / ln 2. Pure: time is passed in.
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
