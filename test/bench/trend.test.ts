import { describe, expect, it } from 'vitest';
import { trendOf, type Reading } from '../../bench/trend.js';
import { seededRandom } from '../../src/core/index.js';

const MINUTE_MS = 60_000;
/** As in a soak test: 45 minutes, with a reading every fifteen seconds. */
const MINUTES = 45;
const PER_MINUTE = 4;

/**
 * Readings that grow by `perHour`, with noise. `resemblance` is how strongly the errors of neighbouring minutes are
 * correlated.
 */
function readings(perHour: number, resemblance: number, random: () => number): Reading[] {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let error = normal() / Math.sqrt(1 - resemblance ** 2);
  return Array.from({ length: MINUTES }, (_, minute) => {
    if (minute > 0) error = resemblance * error + normal();
    return Array.from({ length: PER_MINUTE }, (__, at): Reading => {
      const atMs = minute * MINUTE_MS + (at * MINUTE_MS) / PER_MINUTE;
      return { atMs, value: 150 + (perHour * atMs) / 3_600_000 + error + 0.3 * normal() };
    });
  }).flat();
}

describe('the slope of memory use', () => {
  it.each([
    { resemblance: 0, least: 0.94 },
    { resemblance: 0.3, least: 0.94 },
    { resemblance: 0.6, least: 0.93 },
    { resemblance: 0.8, least: 0.92 },
    // Within 45 minutes, strongly correlated errors look like growth. It is better to report growth wrongly than to
    // miss it.
    { resemblance: 0.9, least: 0.88 },
  ])(
    'is in its interval about as often as stated, if neighbouring minutes correlate by $resemblance',
    ({ resemblance, least }) => {
      const random = seededRandom(5, `trend ${resemblance}`);
      const runs = 800;
      let covered = 0;
      for (let run = 0; run < runs; run++) {
        const trend = trendOf(readings(7, resemblance, random), MINUTE_MS);
        if (trend && trend.low <= 7 && trend.high >= 7) covered += 1;
      }
      expect(covered / runs).toBeGreaterThan(least);
      expect(covered / runs).toBeLessThan(0.995);
    },
  );

  it('is found for 15 MB an hour, and not without growth', () => {
    const random = seededRandom(5, 'found');
    const grown = (perHour: number): number =>
      Array.from({ length: 200 }, () => trendOf(readings(perHour, 0.5, random), MINUTE_MS)).filter(
        (trend) => trend !== undefined && trend.low > 0,
      ).length / 200;
    expect(grown(15)).toBeGreaterThan(0.95);
    expect(grown(0)).toBeLessThan(0.06);
  });

  it('of a straight line is that line', () => {
    const line = Array.from({ length: 30 * PER_MINUTE }, (_, at): Reading => ({
      atMs: 900_000 + at * 15_000,
      value: 100 + (at * 15_000 * 12) / 3_600_000,
    }));
    const trend = trendOf(line, MINUTE_MS);
    expect(trend?.perHour).toBeCloseTo(12, 9);
    expect(trend?.low).toBeCloseTo(12, 6);
    expect(trend?.high).toBeCloseTo(12, 6);
    expect(trend?.blocks).toHaveLength(30);
    const flat = trendOf(
      line.map(({ atMs }) => ({ atMs, value: 100 })),
      MINUTE_MS,
    );
    expect(flat).toMatchObject({ perHour: 0, low: 0, high: 0 });
  });

  it('is not found in the sawtooth of a garbage collector', () => {
    // The readings rise for seven minutes and fall back, again and again. The last rise is cut off in the middle.
    const saw = Array.from({ length: MINUTES * PER_MINUTE }, (_, at): Reading => ({
      atMs: at * 15_000,
      value: 120 + 20 * (((at / PER_MINUTE) % 7) / 7),
    }));
    const trend = trendOf(saw, MINUTE_MS);
    expect(trend?.low).toBeLessThan(0);
    expect(trend?.high).toBeGreaterThan(0);
  });

  it('is not reported for less than twenty minutes', () => {
    expect(trendOf(readings(7, 0, seededRandom(1, 'short')).slice(0, 19 * PER_MINUTE), MINUTE_MS)).toBeUndefined();
    expect(trendOf([], MINUTE_MS)).toBeUndefined();
  });
});
