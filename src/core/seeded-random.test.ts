import { describe, expect, it } from 'vitest';
import { normalWithin, pick, seededRandom, uniform, xoshiro128 } from './seeded-random.js';

const draw = (count: number, random: () => number): number[] => Array.from({ length: count }, random);

describe('xoshiro128**', () => {
  it('matches its reference for the state 1, 2, 3, 4', () => {
    let word = 0;
    expect(
      draw(
        10,
        xoshiro128(() => ++word),
      ),
    ).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]);
  });
});

describe('seededRandom', () => {
  it('gives the same numbers again only for the same seed and stream', () => {
    const first = draw(20, seededRandom(7, 'llm'));
    expect(draw(20, seededRandom(7, 'llm'))).toEqual(first);
    expect(draw(20, seededRandom(7, 'tts'))).not.toEqual(first);
    expect(draw(20, seededRandom(8, 'llm'))).not.toEqual(first);
  });

  it('is uniform: each tenth of the range gets a tenth of the draws, and neighbours are unrelated', () => {
    const values = draw(100_000, seededRandom(1));
    const bins = Array.from(
      { length: 10 },
      (_, bin) => values.filter((value) => Math.floor(value * 10) === bin).length,
    );
    // The bound is five standard deviations of a binomial count.
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9000));
    const lagged =
      values.slice(1).reduce((sum, value, at) => sum + (value - 0.5) * ((values[at] ?? 0) - 0.5), 0) / values.length;
    expect(Math.abs(lagged)).toBeLessThan(0.002);
  });
});

describe('distributions', () => {
  it('stay in their range and have their mean and spread', () => {
    const random = seededRandom(3);
    const evenly = draw(20_000, () => uniform(random, 2, 6));
    expect(Math.min(...evenly)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...evenly)).toBeLessThan(6);
    const normal = draw(20_000, () => normalWithin(random, 5, 2, 1, 9));
    const mean = normal.reduce((sum, value) => sum + value, 0) / normal.length;
    const deviation = Math.sqrt(normal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / normal.length);
    expect(mean).toBeCloseTo(5, 1);
    // A normal distribution that is cut off at two standard deviations keeps 88 % of its standard deviation.
    expect(deviation).toBeCloseTo(1.76, 1);
    expect(Math.min(...normal)).toBeGreaterThanOrEqual(1);
  });

  it('return a number even if no draw falls inside the range', () => {
    expect(normalWithin(seededRandom(1), 100, 0, 0, 10)).toBe(10);
    expect(() => pick(seededRandom(1), [])).toThrow(RangeError);
  });
});
