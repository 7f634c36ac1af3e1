/** A sum whose amounts halve in each half-life. At a steady rate, the sum approaches `rate * halfLife / ln 2`. */
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
