import type { Random } from '../../../core/index.js';
import { percentile } from '../../statistics.js';

/** `low` and `high` are the ends of the 95 % confidence interval. */
export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;
const CONFIDENCE = 0.95;

/** Resamples both lists (percentile bootstrap). Returns undefined if a list is empty or the base is 0. */
export function ratioOfPercentiles(
  base: readonly number[],
  now: readonly number[],
  fraction: number,
  random: Random,
): Ratio | undefined {
  const of = percentile(base, fraction);
  if (base.length === 0 || now.length === 0 || of === 0) return undefined;
  const ratios: number[] = [];
  for (let round = 0; round < RESAMPLES; round++) {
    const below = percentile(resample(base, random), fraction);
    if (below !== 0) ratios.push(percentile(resample(now, random), fraction) / below);
  }
  const tail = (1 - CONFIDENCE) / 2;
  return { ratio: percentile(now, fraction) / of, low: percentile(ratios, tail), high: percentile(ratios, 1 - tail) };
}

function resample(values: readonly number[], random: Random): number[] {
  return Array.from(values, () => values[Math.floor(random() * values.length)] ?? 0);
}
