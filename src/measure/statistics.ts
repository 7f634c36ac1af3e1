/** Minimum number of turns for percentiles. With fewer turns, the 95th percentile depends on a few slow turns. */
export const PERCENTILES_FROM = 200;

/** Nearest-rank percentile, or NaN if there are no values. A `fraction` of 0.5 is the median. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return rank(sorted, fraction);
}

/** Percentiles exist from {@link PERCENTILES_FROM} values on. */
export type Summary =
  | { readonly kind: 'none'; readonly count: 0 }
  | {
      readonly kind: 'few';
      readonly count: number;
      readonly min: number;
      readonly median: number;
      readonly max: number;
    }
  | {
      readonly kind: 'many';
      readonly count: number;
      readonly min: number;
      readonly median: number;
      readonly p90: number;
      readonly p95: number;
      readonly p99: number;
      readonly max: number;
    };

/** Rounds to a hundredth. Undefined values are events that did not happen, and are left out. */
export function summarise(values: readonly (number | undefined)[]): Summary {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const count = sorted.length;
  if (count === 0) return { kind: 'none', count };
  const at = (fraction: number): number => hundredths(rank(sorted, fraction));
  const ends = { count, min: at(0), median: at(0.5), max: at(1) };
  return count < PERCENTILES_FROM
    ? { kind: 'few', ...ends }
    : { kind: 'many', ...ends, p90: at(0.9), p95: at(0.95), p99: at(0.99) };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Jain's fairness index: (sum x)^2 / (n sum x^2). Returns undefined if there are no values, or all are 0. */
export function jainIndex(values: readonly number[]): number | undefined {
  const squares = sum(values.map((value) => value * value));
  return values.length === 0 || squares === 0 ? undefined : sum(values) ** 2 / (values.length * squares);
}

export function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

function rank(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(fraction * sorted.length) - 1))] ?? Number.NaN;
}

const DELAY_BUCKETS = 2000;

/** Counts delays in buckets of one millisecond up to 2 s. Adding is cheap enough for every packet. */
export class DelayHistogram {
  readonly counts: number[];
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  constructor(counts: readonly number[] = [], maxMs = 0) {
    this.counts = Array.from({ length: DELAY_BUCKETS }, (_, at) => counts[at] ?? 0);
    this.#count = counts.reduce((sum, count) => sum + count, 0);
    this.#maxMs = maxMs;
  }

  get count(): number {
    return this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** Returns 0 if there are no delays. */
  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count;
  }

  add(ms: number): void {
    const bucket = Math.min(DELAY_BUCKETS - 1, Math.max(0, Math.floor(ms)));
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += Math.max(0, ms);
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  clear(): void {
    this.counts.fill(0);
    this.#count = 0;
    this.#sumMs = 0;
    this.#maxMs = 0;
  }

  /** Upper bound of the bucket that contains the quantile, in ms. Returns 0 if there are no delays. */
  quantileMs(fraction: number): number {
    let left = Math.ceil(fraction * this.#count);
    if (left === 0) return 0;
    for (const [bucket, count] of this.counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(bucket + 1, this.#maxMs);
    }
    return this.#maxMs;
  }

  summary(): Summary {
    const count = this.#count;
    if (count === 0) return { kind: 'none', count };
    const min = this.counts.findIndex((inBucket) => inBucket > 0);
    const ends = { count, min, median: this.quantileMs(0.5), max: hundredths(this.#maxMs) };
    if (count < PERCENTILES_FROM) return { kind: 'few', ...ends };
    return { kind: 'many', ...ends, p90: this.quantileMs(0.9), p95: this.quantileMs(0.95), p99: this.quantileMs(0.99) };
  }
}

export function joinHistograms(
  parts: readonly { readonly counts: readonly number[]; readonly maxMs: number }[],
): DelayHistogram {
  const counts = Array.from({ length: DELAY_BUCKETS }, (_, at) =>
    parts.reduce((sum, part) => sum + (part.counts[at] ?? 0), 0),
  );
  return new DelayHistogram(counts, Math.max(0, ...parts.map(({ maxMs }) => maxMs)));
}
