import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteLru } from './byte-lru.js';

const MAX = 100;
const step = fc.oneof(
  fc.record({
    op: fc.constant('set' as const),
    key: fc.integer({ min: 0, max: 9 }),
    bytes: fc.integer({ min: 1, max: 120 }),
  }),
  fc.record({
    op: fc.constantFrom('get' as const, 'delete' as const),
    key: fc.integer({ min: 0, max: 9 }),
    bytes: fc.constant(0),
  }),
);

it('keeps exactly the most recently used values that fit, after any operations', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lru = new ByteLru<number>(MAX);
      /** A simple model to compare with, the most recently used entry last. */
      let model: (readonly [string, number])[] = [];
      for (const [i, { op, key: number, bytes }] of steps.entries()) {
        const key = String(number);
        const known = model.find(([one]) => one === key);
        const others = model.filter(([one]) => one !== key);
        if (op === 'delete') {
          lru.delete(key);
          model = others;
        } else if (op === 'get') {
          expect(lru.get(key) !== undefined).toBe(known !== undefined);
          if (known) model = [...others, known];
        } else {
          const gone = lru.set(key, i, bytes);
          model = [...others, [key, bytes]];
          const expected: string[] = [];
          if (bytes > MAX) {
            model = others;
            expected.push(key);
          }
          while (model.reduce((sum, [, size]) => sum + size, 0) > MAX)
            expected.push(...model.splice(0, 1).map(([oldest]) => oldest));
          expect(gone).toEqual(expected);
          if (bytes <= MAX) expect(lru.get(key)).toBe(i);
        }
        expect(lru.bytes).toBe(model.reduce((sum, [, size]) => sum + size, 0));
        expect(lru.size).toBe(model.length);
        for (const [kept] of model) expect(lru.has(kept)).toBe(true);
      }
    }),
  );
});
