import { describe, expect, it } from 'vitest';
import { benchResult } from '../../../test/fakes/bench-result.js';
import { loadOf } from './full-load.js';

/** A run with a warm-up of 10 s and `durationS`: the server's CPU use in each second of it and of the twelve after. */
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
  it('is the CPU with everybody talking over what the target allows, without beginning and end', () => {
    expect(loadOf(run(25, (atS) => (atS > 15 && atS < 35 ? 1.05 : 0.2)))).toBeCloseTo(1.05 / (2 * 0.7), 6);
  });

  it('is not reported where it was not seen, or only for seconds', () => {
    expect(loadOf(run(25, () => undefined))).toBeUndefined();
    expect(loadOf(run(14, () => 1))).toBeUndefined();
    expect(loadOf(run(15, () => 1))).toBeCloseTo(1 / 1.4, 6);
  });
});
