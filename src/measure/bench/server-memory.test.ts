import { describe, expect, it } from 'vitest';
import { memoryOf, type ServerMemory } from './server-memory.js';

const run = (
  seconds: number,
  bytesAt: (atS: number) => number | undefined,
): { atS: number; serverBytes: number | undefined }[] =>
  Array.from({ length: seconds + 1 }, (_, atS) => ({ atS, serverBytes: bytesAt(atS) }));

const bytesOf = (observations: Parameters<typeof memoryOf>[0]): ServerMemory | undefined =>
  memoryOf(observations)?.bytes;
const growthOf = (observations: Parameters<typeof memoryOf>[0]): number | undefined => memoryOf(observations)?.growth;

describe('memoryOf', () => {
  it('averages the first, third and last minute of a long run, and ignores samples from before the fleet', () => {
    const minute = (atS: number): number => Math.floor(atS / 60);
    const memory = bytesOf([{ atS: -5, serverBytes: 1e9 }, ...run(599, (atS) => 100 + minute(atS))]);
    expect(memory).toMatchObject({ max: 109 });
    expect(memory?.start).toBeCloseTo(100, 1);
    expect(memory?.third).toBeCloseTo(102, 1);
    expect(memory?.end).toBeCloseTo(109, 1);
  });

  it('averages sixths of a short run', () => {
    expect(bytesOf(run(60, (atS) => (atS > 20 && atS < 30 ? 300 : 100)))).toEqual({
      start: 100,
      third: (300 * 9 + 200) / 11,
      end: 100,
      max: 300,
    });
  });

  it('is unknown if no sample saw the server', () => {
    expect(memoryOf(run(300, () => undefined))).toBeUndefined();
  });
});

describe('the growth of memory', () => {
  it('compares the third minute with the last, so that a slow leak counts and the start does not', () => {
    expect(growthOf(run(600, (atS) => (atS < 100 ? 50 : 200)))).toBe(0);
    expect(growthOf(run(600, (atS) => 1000 + atS))).toBeCloseTo(570 / 1150 - 150 / 1150, 6);
    expect(growthOf(run(600, (atS) => (atS < 300 ? 200 : 190)))).toBeCloseTo(-0.05, 6);
  });

  it('is not reported for a run of less than four minutes', () => {
    expect(growthOf(run(239, (atS) => 1000 + atS))).toBeUndefined();
    expect(growthOf(run(240, (atS) => 1000 + atS))).toBeCloseTo(60 / 1150, 6);
  });
});
