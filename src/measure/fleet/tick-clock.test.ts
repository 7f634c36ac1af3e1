import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { TickClock } from './tick-clock.js';

it('is never early and at most a tick late, keeps the order, and leaves no timer behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          delayMs: fc.double({ min: 0, max: 400, noNaN: true }),
          again: fc.boolean(),
          cancelled: fc.boolean(),
        }),
        { maxLength: 40 },
      ),
      async (timers) => {
        const base = new FakeClock();
        const clock = new TickClock(base);
        const fired: { due: number; at: number }[] = [];
        let expected = 0;
        for (const { delayMs, again, cancelled } of timers) {
          const handle = clock.after(delayMs, () => {
            fired.push({ due: delayMs, at: clock.nowMs() });
            // A timer that is set during a tick fires later.
            if (again) clock.after(0, () => fired.push({ due: delayMs, at: clock.nowMs() }));
          });
          if (cancelled) handle.cancel();
          else expected += again ? 2 : 1;
        }
        await base.advance(500);
        expect(fired).toHaveLength(expected);
        for (const { due, at } of fired) {
          expect(at).toBeGreaterThanOrEqual(due - 1e-6);
          expect(at).toBeLessThanOrEqual(due + 10 + 1e-6);
        }
        expect(fired.map(({ at }) => at)).toEqual(fired.map(({ at }) => at).sort((a, b) => a - b));
        expect(base.pending).toBe(0);
      },
    ),
    { numRuns: 30 },
  );
});

it('catches up after a standstill and reports its length', async () => {
  const base = new FakeClock();
  const lateness: number[] = [];
  const late = {
    nowMs: () => base.nowMs(),
    wallMs: () => base.wallMs(),
    after: (delayMs: number, fn: () => void) => base.after(delayMs + 300, fn),
  };
  const clock = new TickClock(late, (ms) => lateness.push(ms));
  const fired: number[] = [];
  for (const delayMs of [10, 60, 110, 400]) clock.after(delayMs, () => fired.push(delayMs));
  await base.advance(315);
  expect(fired).toEqual([10, 60, 110]);
  expect(lateness).toEqual([300]);
});
