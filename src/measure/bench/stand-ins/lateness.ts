/** How late a stand-in was: whether it was a fair one. */
export interface LatenessSummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Upper bounds of the classes in which latenesses are counted; the last is open. */
const BOUNDS_MS = [1, 2, 3, 5, 8, 12, 20, 35, 60, 100, 200, 500, 1000, 5000];

/** Counts how late things were done, in bounded memory. */
export class Lateness {
  readonly #classes = Array.from({ length: BOUNDS_MS.length + 1 }, () => 0);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  add(lateMs: number): void {
    const late = Math.max(0, lateMs);
    const at = BOUNDS_MS.findIndex((bound) => late <= bound);
    const index = at < 0 ? BOUNDS_MS.length : at;
    this.#classes[index] = (this.#classes[index] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += late;
    this.#maxMs = Math.max(this.#maxMs, late);
  }

  /** The 99th percentile is the upper bound of its class, or the largest value where that is smaller. */
  summary(): LatenessSummary {
    let below = 0;
    const index = this.#classes.findIndex((count) => (below += count) >= 0.99 * this.#count);
    return {
      count: this.#count,
      meanMs: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p99Ms: Math.min(BOUNDS_MS[index] ?? this.#maxMs, this.#maxMs),
      maxMs: this.#maxMs,
    };
  }
}
