import { PERCENTILES_FROM, type Summary } from './statistics.js';

const BUCKETS = 2000;

/** How late things were, in buckets of a millisecond up to 2 s: cheap enough for every packet. Serialisable as its counts. */
export class Lateness {
  readonly counts: number[];
  #count = 0;
  #max = 0;

  constructor(counts: readonly number[] = [], max = 0) {
    this.counts = Array.from({ length: BUCKETS }, (_, at) => counts[at] ?? 0);
    this.#count = counts.reduce((sum, count) => sum + count, 0);
    this.#max = max;
  }

  get maxMs(): number {
    return this.#max;
  }

  add(ms: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(ms)));
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.#count += 1;
    if (ms > this.#max) this.#max = ms;
  }

  clear(): void {
    this.counts.fill(0);
    this.#count = 0;
    this.#max = 0;
  }

  /** Upper edge of the bucket; 0 of nothing. */
  quantileMs(fraction: number): number {
    let left = Math.ceil(fraction * this.#count);
    if (left === 0) return 0;
    for (const [bucket, count] of this.counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(bucket + 1, this.#max);
    }
    return this.#max;
  }

  summary(): Summary {
    const count = this.#count;
    if (count === 0) return { kind: 'none', count };
    const ends = {
      count,
      min: this.quantileMs(0),
      median: this.quantileMs(0.5),
      max: Math.round(this.#max * 100) / 100,
    };
    if (count < PERCENTILES_FROM) return { kind: 'few', ...ends };
    return { kind: 'many', ...ends, p90: this.quantileMs(0.9), p95: this.quantileMs(0.95), p99: this.quantileMs(0.99) };
  }
}

/** Of several workers. */
export function joinLateness(
  parts: readonly { readonly counts: readonly number[]; readonly maxMs: number }[],
): Lateness {
  const counts = Array.from({ length: BUCKETS }, (_, at) =>
    parts.reduce((sum, part) => sum + (part.counts[at] ?? 0), 0),
  );
  return new Lateness(counts, Math.max(0, ...parts.map(({ maxMs }) => maxMs)));
}
