import { HOUR_MS } from '../../core/index.js';
export interface MemorySample {
  /** Monotonic time. Only differences count. */
  readonly atMs: number;
  readonly bytes: number;
}

export interface MemoryGrowth {
  readonly sizeBytes: number;
  readonly bytesPerHour: number;
  /** 95 % interval of the slope. */
  readonly lowBytesPerHour: number;
  readonly highBytesPerHour: number;
  readonly hours: number;
}

/**
 * Memory rises until a garbage collection and then falls. Only the lowest value of each half hour, the floor, shows
 * what remains after a collection.
 */
export const FLOOR_EVERY_MS = HOUR_MS / 2;
/** Twelve floors take six hours. In a shorter time, a busy morning looks like a leak. */
const LEAST_FLOORS = 12;
/** Growth below either limit does no harm within a day. */
const LEAST_GROWTH_BYTES = 16 * 2 ** 20;
const LEAST_GROWTH_SHARE = 0.08;
/**
 * Least growth in each third of the time, as a share of the overall slope. Loading a model makes memory grow in only
 * one third. A warm-up is over before the last third.
 */
const EVEN_SHARE = 0.25;
/** Quantiles of the normal distribution: two-sided 95 % for the interval, and one-sided 0.1 % for the trend. */
const Z_INTERVAL = 1.96;
const Z_TREND = 3.09;

/**
 * Detects steady growth of memory from its floors ({@link floorsOf}). The slope is the median of the slopes between all
 * pairs of floors (Theil–Sen). The trend must be significant in the Mann–Kendall test. Returns undefined if memory does
 * not grow or was not observed for long enough.
 */
export function memoryGrowth(floors: readonly MemorySample[]): MemoryGrowth | undefined {
  const [first, last] = [floors[0], floors.at(-1)];
  if (floors.length < LEAST_FLOORS || !first || !last) return undefined;
  const { slope, low, high, trend } = trendOf(floors);
  const hours = (last.atMs - first.atMs) / HOUR_MS;
  const grown = slope * hours;
  if (trend < Z_TREND || low <= 0) return undefined;
  if (grown < LEAST_GROWTH_BYTES || grown < LEAST_GROWTH_SHARE * last.bytes) return undefined;
  const third = Math.ceil(floors.length / 3);
  const thirds = [floors.slice(0, third), floors.slice(third, 2 * third), floors.slice(-third)];
  if (thirds.some((part) => trendOf(part).slope < EVEN_SHARE * slope)) return undefined;
  return { sizeBytes: last.bytes, bytesPerHour: slope, lowBytesPerHour: low, highBytesPerHour: high, hours };
}

/**
 * The lowest value of each completed half hour. The current half hour is left out, because a garbage collection may
 * still lower its value.
 */
export function floorsOf(samples: readonly MemorySample[]): readonly MemorySample[] {
  const [first] = samples;
  if (!first) return [];
  const floors: MemorySample[] = [];
  let from = first.atMs;
  let least: MemorySample | undefined;
  for (const sample of samples) {
    while (sample.atMs >= from + FLOOR_EVERY_MS) {
      if (least) floors.push({ atMs: from, bytes: least.bytes });
      least = undefined;
      from += FLOOR_EVERY_MS;
    }
    if (!least || sample.bytes < least.bytes) least = sample;
  }
  return floors;
}

interface Trend {
  /** Bytes per hour. */
  readonly slope: number;
  readonly low: number;
  readonly high: number;
  /** Test statistic of the trend, in standard deviations. 0 means no trend. */
  readonly trend: number;
}

function trendOf(points: readonly MemorySample[]): Trend {
  const slopes: number[] = [];
  let rises = 0;
  for (const [i, a] of points.entries()) {
    for (const b of points.slice(i + 1)) {
      slopes.push(((b.bytes - a.bytes) / (b.atMs - a.atMs)) * HOUR_MS);
      rises += Math.sign(b.bytes - a.bytes);
    }
  }
  slopes.sort((a, b) => a - b);
  const n = points.length;
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const spread = Z_INTERVAL * deviation;
  const at = (rank: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))] ?? 0;
  const middle = (slopes.length - 1) / 2;
  return {
    slope: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: at((slopes.length - spread) / 2 - 1),
    high: at((slopes.length + spread) / 2),
    trend: rises / deviation,
  };
}
