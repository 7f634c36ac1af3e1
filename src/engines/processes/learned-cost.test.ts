import { array, assert, double, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LearnedCost } from './learned-cost.js';

const prior = { overheadMs: 20, msPerUnit: 0.05, typicalUnits: 3_000 };

describe('LearnedCost', () => {
  it('begins with the given estimate', () => {
    const cost = new LearnedCost(prior);
    expect(cost.predictMs(1_000)).toBeCloseTo(70, 5);
    expect(cost.predictMs(10_000)).toBeCloseTo(520, 5);
  });

  it('learns overhead and rate of another machine', () => {
    const cost = new LearnedCost(prior);
    for (let i = 0; i < 200; i++) {
      const units = 1_000 + (i % 10) * 1_000;
      cost.observe(units, 100 + units * 0.2);
    }
    expect(cost.predictMs(2_000)).toBeCloseTo(500, -1);
    expect(cost.predictMs(8_000)).toBeCloseTo(1_700, -1);
  });

  it('adapts to a machine that became slower', () => {
    const cost = new LearnedCost(prior);
    for (let i = 0; i < 50; i++) cost.observe(3_000, 170);
    for (let i = 0; i < 50; i++) cost.observe(3_000, 340);
    expect(cost.predictMs(3_000)).toBeGreaterThan(310);
  });

  it('ignores occasional stalls of the machine', () => {
    const cost = new LearnedCost(prior);
    for (let i = 0; i < 200; i++) {
      const units = 1_000 + (i % 10) * 500;
      cost.observe(units, (20 + units * 0.06) * (i % 19 === 10 ? 30 : 1));
    }
    for (const units of [1_000, 3_000, 5_000])
      expect(Math.abs(cost.predictMs(units) / (20 + units * 0.06) - 1)).toBeLessThan(0.25);
  });

  it('is near the true cost after the warm-up runs of two slots on a machine four times slower', () => {
    const cost = new LearnedCost(prior);
    for (const units of [3_000, 3_000, 1_500, 1_500]) cost.observe(units, 80 + units * 0.2);
    expect(cost.predictMs(3_000)).toBeGreaterThan(450);
  });

  it('is positive, finite and monotonic in size for any input', () => {
    assert(
      property(
        array(tuple(double(), double())),
        double({ min: 0, max: 60_000, noNaN: true }),
        double({ min: 0, max: 60_000, noNaN: true }),
        (runs, a, b) => {
          const cost = new LearnedCost(prior);
          // No real run has more than a day of audio or takes more than a day.
          for (const [units, tookMs] of runs) cost.observe(Math.min(units, 8.64e7), Math.min(tookMs, 8.64e7));
          const [low, high] = [cost.predictMs(Math.min(a, b)), cost.predictMs(Math.max(a, b))];
          expect(low).toBeGreaterThanOrEqual(1);
          expect(Number.isFinite(high)).toBe(true);
          expect(high).toBeGreaterThanOrEqual(low);
        },
      ),
    );
  });
});
