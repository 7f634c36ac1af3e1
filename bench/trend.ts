import { HOUR_MS } from '../src/core/index.js';
export interface Reading {
  readonly atMs: number;
  readonly value: number;
}

export interface Trend {
  /** Slope per hour, in the unit of the readings. */
  readonly perHour: number;
  /** 95 % interval of the slope. */
  readonly low: number;
  readonly high: number;
  /** Mean of each block, in order. */
  readonly blocks: readonly number[];
  /** Correlation of neighbouring residuals, 0 to 0.98, as used for the interval. */
  readonly autocorrelation: number;
}

const LEAST_BLOCKS = 20;
/** Largest correlation. Nearer to 1, a line cannot be distinguished from a random walk. */
const MOST_AUTOCORRELATION = 0.98;

/**
 * The slope of a line through the means of blocks of `blockMs`, with an interval for autocorrelated readings. Returns
 * undefined if there are fewer than twenty blocks.
 *
 * The fit has AR(1) errors (Prais and Winsten's generalised least squares). Their correlation ρ is estimated from the
 * residuals of the plain line and corrected for the bias of a fitted trend, (2 + 4ρ)/n. The estimate is then raised by
 * one standard error, √((1 - ρ²)/n), because with too low a ρ, mere wandering looks like growth. The interval uses
 * Student's t with n - 3 degrees of freedom. With 45 blocks it covers the true slope in 95 to 98 of 100 series up to ρ
 * = 0.8, and in 91 at ρ = 0.9 (test/bench/trend.test.ts).
 */
export function trendOf(readings: readonly Reading[], blockMs: number): Trend | undefined {
  const means = blocksOf(readings, blockMs);
  const n = means.length;
  if (n < LEAST_BLOCKS) return undefined;
  // Values are taken relative to their mean. Otherwise rounding errors would give a constant figure a slope.
  const middle = { hours: mean(means.map(({ hours }) => hours)), value: mean(means.map(({ value }) => value)) };
  const blocks = means.map(({ hours, value }) => ({ hours: hours - middle.hours, value: value - middle.value }));
  const plain = fit(blocks.map(({ hours, value }) => ({ one: 1, x: hours, y: value })));
  const left = blocks.map(({ hours, value }) => value - plain.constant - plain.slope * hours);
  const squares = left.reduce((sum, e) => sum + e * e, 0);
  const products = left.reduce((sum, e, i) => sum + e * (left[i - 1] ?? 0), 0);
  const raw = squares === 0 ? 0 : products / squares;
  const likely = Math.min(MOST_AUTOCORRELATION, Math.max(0, (n * raw + 2) / (n - 4)));
  const autocorrelation = Math.min(MOST_AUTOCORRELATION, likely + Math.sqrt((1 - likely ** 2) / n));
  const first = Math.sqrt(1 - autocorrelation ** 2);
  const { slope, error } = fit(
    blocks.map(({ hours, value }, i) => {
      const before = blocks[i - 1];
      if (!before) return { one: first, x: first * hours, y: first * value };
      return {
        one: 1 - autocorrelation,
        x: hours - autocorrelation * before.hours,
        y: value - autocorrelation * before.value,
      };
    }),
  );
  const half = studentQuantile(n - 3) * error;
  return {
    perHour: slope,
    low: slope - half,
    high: slope + half,
    blocks: means.map(({ value }) => value),
    autocorrelation,
  };
}

/** A block without readings is left out. */
function blocksOf(
  readings: readonly Reading[],
  blockMs: number,
): readonly { readonly hours: number; readonly value: number }[] {
  const from = readings[0]?.atMs ?? 0;
  const sums = new Map<number, { count: number; atMs: number; value: number }>();
  for (const { atMs, value } of readings) {
    const block = Math.floor((atMs - from) / blockMs);
    const sum = sums.get(block) ?? { count: 0, atMs: 0, value: 0 };
    sums.set(block, { count: sum.count + 1, atMs: sum.atMs + atMs - from, value: sum.value + value });
  }
  return [...sums.values()].map(({ count, atMs, value }) => ({ hours: atMs / count / HOUR_MS, value: value / count }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

interface Row {
  readonly one: number;
  readonly x: number;
  readonly y: number;
}

/** Least squares of y = constant · one + slope · x. `error` is the standard error of the slope. */
function fit(rows: readonly Row[]): { readonly constant: number; readonly slope: number; readonly error: number } {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const [oo, ox, xx, oy, xy] = [
    sum(({ one }) => one * one),
    sum(({ one, x }) => one * x),
    sum(({ x }) => x * x),
    sum(({ one, y }) => one * y),
    sum(({ x, y }) => x * y),
  ];
  const determinant = oo * xx - ox * ox;
  const constant = (xx * oy - ox * xy) / determinant;
  const slope = (oo * xy - ox * oy) / determinant;
  const variance = sum(({ one, x, y }) => (y - constant * one - slope * x) ** 2) / (rows.length - 2);
  return { constant, slope, error: Math.sqrt((variance * oo) / determinant) };
}

/**
 * 97.5 % quantile of Student's t, by Cornish and Fisher's expansion. It is within 0.001 from 7 degrees of freedom on.
 */
function studentQuantile(degrees: number): number {
  const z = 1.959964;
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  );
}
