import { describe, expect, it } from 'vitest';
import { normalWithin, seededRandom } from '../../../core/index.js';
import { ratioOfPercentiles } from './bootstrap.js';

const sample = (seed: number, mean: number, count = 300): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => normalWithin(random, mean, 150, 0, 3000));
};

describe('ratioOfPercentiles', () => {
  it('detects a difference of a tenth, and none between equal samples', () => {
    const slower = ratioOfPercentiles(sample(1, 800), sample(2, 880), 0.5, seededRandom(9));
    expect(slower?.ratio).toBeCloseTo(1.1, 1);
    expect(slower?.low).toBeGreaterThan(1);
    const same = ratioOfPercentiles(sample(3, 800), sample(4, 800), 0.5, seededRandom(9));
    expect(same?.low).toBeLessThan(1);
    expect(same?.high).toBeGreaterThan(1);
  });

  it('covers the true ratio about as often as its confidence says', () => {
    let covered = 0;
    for (let seed = 0; seed < 60; seed++) {
      const ratio = ratioOfPercentiles(
        sample(100 + seed, 1000, 60),
        sample(300 + seed, 1000, 60),
        0.5,
        seededRandom(seed),
      );
      if (ratio && ratio.low <= 1 && ratio.high >= 1) covered += 1;
    }
    // 95 % of 60 intervals are 57. Three standard deviations below that are 52.
    expect(covered).toBeGreaterThanOrEqual(52);
  });

  it('has a wider interval for the tail of few turns than for the median of many', () => {
    const width = (fraction: number, count: number): number => {
      const ratio = ratioOfPercentiles(sample(1, 800, count), sample(2, 800, count), fraction, seededRandom(9));
      return (ratio?.high ?? Number.NaN) - (ratio?.low ?? Number.NaN);
    };
    expect(width(0.95, 40)).toBeGreaterThan(width(0.5, 400));
  });

  it('gives no ratio for empty samples', () => {
    expect(ratioOfPercentiles([], [1], 0.5, seededRandom(1))).toBeUndefined();
    expect(ratioOfPercentiles([1], [], 0.5, seededRandom(1))).toBeUndefined();
    expect(ratioOfPercentiles([0, 0], [1], 0.5, seededRandom(1))).toBeUndefined();
  });
});
