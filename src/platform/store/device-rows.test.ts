import { expect, it } from 'vitest';
import { firstGeneration } from './device-rows.js';

it('fits the first token generation into nine digits, even with a clock decades ahead', () => {
  expect(firstGeneration(Date.UTC(2026, 10, 26))).toBe(217_814_401);
  for (const year of [1970, 2020, 2051, 2052, 2099])
    expect(String(firstGeneration(Date.UTC(year, 11, 31)) + 1000)).toMatch(/^\d{1,9}$/);
});
