import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineQueue } from './deadline-queue.js';

const item = fc.record({ deviceId: fc.constantFrom('a', 'b', 'c'), latestStartMs: fc.integer({ min: 0, max: 100 }), name: fc.integer() });
const used = fc.record({ a: fc.nat(5), b: fc.nat(5), c: fc.nat(5) });
type Use = Readonly<Record<string, number>>;
const always = (): boolean => true;

describe('DeadlineQueue', () => {
  it('gives everything back once, the most urgent first, and among late jobs the most modest device', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 40 }), used, fc.integer({ min: 0, max: 100 }), (items, use: Use, nowMs) => {
        const queue = new DeadlineQueue<(typeof items)[number]>();
        for (const waiting of items) queue.push(waiting);
        const taken: typeof items = [];
        for (let next = queue.take(nowMs, always, (id) => use[id] ?? 0); next; next = queue.take(nowMs, always, (id) => use[id] ?? 0)) taken.push(next);
        expect(new Set(taken)).toEqual(new Set(items));
        expect(taken).toHaveLength(items.length);
        const wrong = taken.filter((later, i) => {
          const earlier = taken[i - 1];
          if (earlier === undefined) return false;
          const bothLate = earlier.latestStartMs <= nowMs && later.latestStartMs <= nowMs;
          return bothLate ? (use[earlier.deviceId] ?? 0) > (use[later.deviceId] ?? 0) : earlier.latestStartMs > later.latestStartMs;
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('equals are served in the order in which they came', () => {
    const queue = new DeadlineQueue<{ deviceId: string; latestStartMs: number; name: string }>();
    for (const name of ['x', 'y', 'z']) queue.push({ deviceId: name, latestStartMs: 10, name });
    expect([1, 2, 3].map(() => queue.take(0, always, () => 0)?.name)).toEqual(['x', 'y', 'z']);
  });

  it('passes over what may not start, and forgets what was removed', () => {
    const queue = new DeadlineQueue<{ deviceId: string; latestStartMs: number }>();
    const first = { deviceId: 'a', latestStartMs: 1 };
    const second = { deviceId: 'b', latestStartMs: 2 };
    queue.push(first);
    queue.push(second);
    expect(queue.take(0, (waiting) => waiting !== first, () => 0)).toBe(second);
    expect(queue.remove(first)).toBe(true);
    expect(queue.remove(first)).toBe(false);
    expect(queue.take(0, always, () => 0)).toBeUndefined();
  });
});
