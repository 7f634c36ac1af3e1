import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { RateLimiter, TokenBucket } from './rate-limit.js';

it('charges a refused take only if the rate has a debt, and up to that debt', async () => {
  const clock = new FakeClock();
  const [free, indebted] = [undefined, 4].map(
    (debt) => new TokenBucket({ burst: 2, perSecond: 1, ...(debt !== undefined && { debt }) }, clock),
  ) as [TokenBucket, TokenBucket];
  for (const bucket of [free, indebted]) expect([bucket.take(2), bucket.take(3)]).toEqual([true, false]);
  await clock.advance(1000);
  expect([free.take(), indebted.take()]).toEqual([true, false]);
  for (let times = 0; times < 100; times++) indebted.take(50);
  await clock.advance(4900);
  expect(indebted.empty).toBe(true);
  await clock.advance(200);
  expect([indebted.empty, indebted.take(), indebted.empty]).toEqual([false, true, true]);
});

it('allows a returned token to be taken again, and never exceeds the burst', () => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 0.001 }, new FakeClock());
  bucket.take(2);
  bucket.give();
  expect([bucket.take(), bucket.take()]).toEqual([true, false]);
  for (let times = 0; times < 5; times++) bucket.give();
  expect([bucket.take(2), bucket.take()]).toEqual([true, false]);
});

it('limits each key separately, and ignores returns of a key that never took', () => {
  const limiter = new RateLimiter({ burst: 2, perSecond: 0.001 }, new FakeClock());
  limiter.give('stranger');
  expect([limiter.size, limiter.exhausted('stranger')]).toEqual([0, false]);
  limiter.take('a');
  expect(limiter.exhausted('a')).toBe(false);
  limiter.take('a');
  expect([limiter.exhausted('a'), limiter.take('b')]).toEqual([true, true]);
  limiter.give('a');
  expect([limiter.exhausted('a'), limiter.take('a'), limiter.take('a')]).toEqual([false, true, false]);
});
