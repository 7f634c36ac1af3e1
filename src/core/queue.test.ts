import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedQueue } from './queue.js';

describe('BoundedQueue', () => {
  it('is first in first out, bounded, and counts lost items, with both policies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom('dropOldest' as const, 'reject' as const),
        fc.array(fc.option(fc.nat())),
        (capacity, policy, steps) => {
          const queue = new BoundedQueue<number>(capacity, policy);
          const model: number[] = [];
          let lost = 0;
          for (const step of steps) {
            if (step === null) {
              expect(queue.shift()).toBe(model.shift());
              continue;
            }
            const full = model.length === capacity;
            expect(queue.push(step)).toBe(!full);
            if (full) lost += 1;
            if (full && policy === 'dropOldest') model.shift();
            if (!full || policy === 'dropOldest') model.push(step);
            expect(queue.size).toBe(model.length);
          }
          expect(queue.dropped).toBe(lost);
          expect(queue.drain()).toEqual(model);
          expect(queue.size).toBe(0);
        },
      ),
    );
  });

  it('refuses an invalid capacity', () => {
    expect(() => new BoundedQueue(0, 'reject')).toThrow(RangeError);
  });
});
