import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSlots, slotCount } from './slot-count.js';

describe('slotCount', () => {
  it.each([
    [1, undefined, 1],
    [2, undefined, 2],
    [16, undefined, 16],
    [4, 0.5, 1],
    [4, 1.4, 1],
    [4, 1.5, 1],
    [4, 2, 1],
    [4, 2.5, 2],
    [2, 8, 2],
  ])('%d cores, quota %s: %d', (cores, quota, slots) => {
    expect(slotCount({ cores, quota })).toBe(slots);
  });

  it('keeps half a core free under every quota, and is never zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.double({ min: 0.01, max: 256, noNaN: true }), (cores, quota) => {
        const slots = slotCount({ cores, quota });
        expect(slots).toBeGreaterThanOrEqual(1);
        expect(slots).toBeLessThanOrEqual(Math.max(1, Math.min(cores, quota - 0.5)));
      }),
    );
  });
});

describe('planSlots', () => {
  it.each([
    [{ cores: 2, quota: undefined }, {}, { slots: 2, threads: 1 }],
    [{ cores: 2, quota: undefined }, { threads: 2 }, { slots: 1, threads: 2 }],
    [{ cores: 8, quota: undefined }, { threads: 3 }, { slots: 2, threads: 3 }],
    [{ cores: 2, quota: undefined }, { slots: 4 }, { slots: 2, threads: 1 }],
    [
      { cores: 4, quota: undefined },
      { slots: 4, threads: 2 },
      { slots: 2, threads: 2 },
    ],
    [{ cores: 4, quota: 1.5 }, {}, { slots: 1, threads: 1 }],
    [{ cores: 4, quota: 1.5 }, { threads: 4 }, { slots: 1, threads: 1 }],
    [{ cores: 4, quota: 1.5 }, { slots: 2 }, { slots: 2, threads: 1 }],
    [{ cores: 4, quota: 3 }, { slots: 3 }, { slots: 3, threads: 1 }],
  ])('%o, wanted %o: %o', (supply, { slots, threads }: { slots?: number; threads?: number }, plan) => {
    expect(planSlots(supply, { slots, threads })).toEqual(plan);
  });

  it('never lets slots times threads exceed the cores, and always has one', () => {
    const wanted = fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 256 }),
        fc.option(fc.double({ min: 0.01, max: 256, noNaN: true }), { nil: undefined }),
        wanted,
        wanted,
        (cores, quota, slots, threads) => {
          const plan = planSlots({ cores, quota }, { slots, threads });
          expect(plan.slots).toBeGreaterThanOrEqual(1);
          expect(plan.threads).toBeGreaterThanOrEqual(1);
          expect(plan.slots * plan.threads).toBeLessThanOrEqual(
            Math.max(1, Math.min(cores, Math.ceil(quota ?? Infinity))),
          );
        },
      ),
    );
  });
});
