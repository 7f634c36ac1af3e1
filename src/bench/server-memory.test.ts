import { describe, expect, it } from 'vitest';
import { memoryGrowth, memoryOf } from './server-memory.js';

/** A look a second. */
const run = (seconds: number, bytesAt: (atS: number) => number | undefined): { atS: number; serverBytes: number | undefined }[] =>
  Array.from({ length: seconds + 1 }, (_, atS) => ({ atS, serverBytes: bytesAt(atS) }));

describe('memoryOf', () => {
  it('takes the first, the third and the last minute of a long run, and what was there before the fleet not at all', () => {
    const minute = (atS: number): number => Math.floor(atS / 60);
    const memory = memoryOf([{ atS: -5, serverBytes: 1e9 }, ...run(599, (atS) => 100 + minute(atS))]);
    expect(memory).toMatchObject({ max: 109 });
    expect(memory?.start).toBeCloseTo(100, 1);
    expect(memory?.third).toBeCloseTo(102, 1);
    expect(memory?.end).toBeCloseTo(109, 1);
  });

  it('takes sixths of a short one', () => {
    expect(memoryOf(run(60, (atS) => (atS > 20 && atS < 30 ? 300 : 100)))).toEqual({ start: 100, third: (300 * 9 + 200) / 11, end: 100, max: 300 });
  });

  it('is unknown where no look saw the server', () => {
    expect(memoryOf(run(300, () => undefined))).toBeUndefined();
    expect(memoryGrowth(run(300, () => undefined))).toBeUndefined();
  });
});

describe('memoryGrowth', () => {
  it('is that from the third minute to the last: what a start takes is no growth, a slow leak is', () => {
    expect(memoryGrowth(run(600, (atS) => (atS < 100 ? 50 : 200)))).toBe(0);
    expect(memoryGrowth(run(600, (atS) => 1000 + atS))).toBeCloseTo(570 / 1150 - 150 / 1150, 6);
    expect(memoryGrowth(run(600, (atS) => (atS < 300 ? 200 : 190)))).toBeCloseTo(-0.05, 6);
  });

  it('is not told of a run of less than four minutes', () => {
    expect(memoryGrowth(run(239, (atS) => 1000 + atS))).toBeUndefined();
    expect(memoryGrowth(run(240, (atS) => 1000 + atS))).toBeCloseTo(60 / 1150, 6);
  });
});
