import { expect, it } from 'vitest';
import { retryAfterMs } from './refusal.js';

const DATE = 'Wed, 25 Nov 2026 10:00:00 GMT';

it.each<[string | undefined, string | undefined, number | undefined]>([
  ['7', undefined, 7_000],
  ['0.5', undefined, 500],
  ['86400', undefined, 300_000],
  // The service's clock determines the wait, even if our clock differs.
  ['Wed, 25 Nov 2026 10:00:30 GMT', DATE, 30_000],
  ['Wed, 25 Nov 2026 09:59:00 GMT', DATE, undefined],
  ['Wed, 25 Nov 2026 10:00:30 GMT', undefined, undefined],
  ['0', DATE, undefined],
  ['-5', DATE, undefined],
  ['soon', DATE, undefined],
  [undefined, DATE, undefined],
])('Retry-After: %s at %s', (retryAfter, date, expected) => {
  expect(retryAfterMs(retryAfter, date)).toBe(expected);
});
