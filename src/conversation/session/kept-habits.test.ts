import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { KeptHabits } from './kept-habits.js';

const habits = { ownPauseMs: 900, thinkingMs: 300, usualLevelDb: -25 };
const HOUR_MS = 3_600_000;

it('keeps the habits of a device for some hours, or until they are forgotten', async () => {
  const clock = new FakeClock();
  const kept = new KeptHabits(clock);
  kept.keep('a', habits);
  kept.keep('b', { ...habits, ownPauseMs: 0 });
  expect(kept.of('a')).toEqual(habits);
  expect(kept.of('b')).toEqual({ ...habits, ownPauseMs: 0 });
  expect(kept.of('c')).toBeUndefined();
  kept.forget('b');
  expect(kept.of('b')).toBeUndefined();
  await clock.advance(5 * HOUR_MS);
  expect(kept.of('a')).toEqual(habits);
  await clock.advance(HOUR_MS);
  expect(kept.of('a')).toBeUndefined();
});

it('forgets the oldest habits if there are too many devices', () => {
  const kept = new KeptHabits(new FakeClock());
  for (let n = 0; n < 2_000; n++) kept.keep(`device ${n}`, habits);
  kept.keep('device 0', habits);
  kept.keep('one more', habits);
  expect(kept.of('device 0')).toEqual(habits);
  expect(kept.of('device 1')).toBeUndefined();
  expect(kept.of('device 2')).toEqual(habits);
});
