import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotCount } from './slot-count.js';

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

  it('keeps half a core free under every quota, and never is zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.double({ min: 0.01, max: 256, noNaN: true }), (cores, quota) => {
        const slots = slotCount({ cores, quota });
        expect(slots).toBeGreaterThanOrEqual(1);
        expect(slots).toBeLessThanOrEqual(Math.max(1, Math.min(cores, quota - 0.5)));
      }),
    );
  });
});
