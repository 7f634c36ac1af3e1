import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeculationBudget } from './speculation-budget.js';

/** Simulates an hour of talk. Pauses within a turn are decoded if the budget allows it. */
function talk(
  everyMs: number,
  pauses: (turn: number) => boolean,
  runMs = 300,
  slots = 2,
): { ranMs: number; wastedMs: number; speculated: number; turns: number } {
  const budget = new SpeculationBudget(slots);
  const sum = { ranMs: 0, wastedMs: 0, speculated: 0, turns: 0 };
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += everyMs) {
    sum.turns += 1;
    if (pauses(sum.turns) && budget.allows(nowMs)) {
      budget.ran(runMs, nowMs);
      budget.wasted(runMs, nowMs);
      sum.ranMs += runMs;
      sum.wastedMs += runMs;
    }
    if (budget.allows(nowMs)) sum.speculated += 1;
    budget.ran(runMs, nowMs);
    sum.ranMs += runMs;
  }
  return sum;
}

describe('SpeculationBudget', () => {
  it('keeps waste under 15 % of recognition time, or within the free share, for any talk', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 100, max: 900 }),
        (everyMs, share, runMs) => {
          const { ranMs, wastedMs } = talk(everyMs, (turn) => (turn * 0.618) % 1 < share, runMs);
          expect(wastedMs).toBeLessThan(Math.max(0.15 * ranMs, 0.025 * 2 * 3_600_000));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('allows speculation while little is wasted', () => {
    const { speculated, turns } = talk(400, (turn) => turn % 10 === 0);
    expect(speculated).toBe(turns);
  });

  it('forbids part of it while much is wasted, and forgets old waste', () => {
    const { speculated, turns } = talk(400, () => true);
    expect(speculated).toBeGreaterThan(0);
    expect(speculated).toBeLessThan(turns);
    const budget = new SpeculationBudget(2);
    budget.ran(100_000, 0);
    budget.wasted(50_000, 0);
    expect(budget.allows(0)).toBe(false);
    expect(budget.allows(300_000)).toBe(true);
  });

  it('allows twice the waste if answers begin early, but no more than a quarter of recognition time', () => {
    const budget = new SpeculationBudget(2);
    budget.ran(100_000, 0);
    budget.wasted(20_000, 0);
    expect([budget.allows(0), budget.allows(0, true)]).toEqual([false, true]);
    budget.wasted(6_000, 0);
    expect(budget.allows(0, true)).toBe(false);
  });

  it('allows speculation for the only device of an idle machine, even if it hesitates often', () => {
    const { speculated, turns } = talk(13_000, (turn) => turn % 2 === 0);
    expect(speculated).toBe(turns);
  });
});
