import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { RequestedPause } from './requested-pause.js';

function pauseAfter(status: number, retryAfter: string | undefined): number | false {
  const clock = new FakeClock();
  const pause = new RequestedPause(clock);
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return pause.note(new Response(null, { status, headers })) && pause.leftMs;
}
const inMs = (ms: number): string => new Date(new FakeClock().wallMs() + ms).toUTCString();

it.each<[number, string | undefined, number | false]>([
  [429, '7', 7_000],
  [429, '1.5', 1_500],
  [429, '0', 0],
  [429, inMs(30_000), 30_000],
  [429, inMs(-30_000), 0],
  [429, '86400', 3_600_000],
  [429, 'soon', 30_000],
  [429, undefined, 30_000],
  [503, '2.5', 2_500],
  [503, undefined, false],
  [500, '7', false],
])('an answer with status %s and Retry-After %s', (status, retryAfter, expected) => {
  expect(pauseAfter(status, retryAfter)).toBe(expected);
});
