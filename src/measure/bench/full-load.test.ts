import { describe, expect, it } from 'vitest';
import { benchResult } from '../../../test/fakes/bench-result.js';
import { loadOf } from './full-load.js';

/** A warm-up of 10 s, `durationS` of counted time, and 12 s after the counted time. */
function run(durationS: number, coresAt: (atS: number) => number | undefined): Parameters<typeof loadOf>[0] {
  const result = benchResult([]);
  const observations = Array.from({ length: 10 + durationS + 12 }, (_, second) => ({
    atS: second + 0.5,
    serverCores: coresAt(second + 0.5),
    processes: [],
  }));
  return { ...result, options: { ...result.options, warmupS: 10, durationS }, observations };
}

describe('loadOf', () => {
  it('divides the CPU use while everybody talks by the target, without the start and the end of the run', () => {
    expect(loadOf(run(25, (atS) => (atS > 15 && atS < 35 ? 1.05 : 0.2)))).toBeCloseTo(1.05 / (2 * 0.7), 6);
  });

  it('is undefined if the CPU use was not seen, or only for a few seconds', () => {
    expect(loadOf(run(25, () => undefined))).toBeUndefined();
    expect(loadOf(run(14, () => 1))).toBeUndefined();
    expect(loadOf(run(15, () => 1))).toBeCloseTo(1 / 1.4, 6);
  });
});
