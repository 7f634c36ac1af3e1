import { expect, it } from 'vitest';
import { backoffMs, withJitter } from './backoff.js';

const bounds = { firstMs: 500, mostMs: 4000 };

it('doubles the delay up to the longest, however many repetitions there are', () => {
  expect([1, 2, 3, 4, 5, 10_000].map((repetition) => backoffMs(repetition, bounds))).toEqual([
    500, 1000, 2000, 4000, 4000, 4000,
  ]);
});

it('never waits longer than the longest delay, even the first time', () => {
  expect(backoffMs(1, { firstMs: 5000, mostMs: 4000 })).toBe(4000);
});

it('spreads a delay over its second half', () => {
  expect([0, 0.5, 1].map((random) => withJitter(1000, random))).toEqual([500, 750, 1000]);
});
