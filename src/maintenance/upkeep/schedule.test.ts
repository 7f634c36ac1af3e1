import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { Cancelled } from '../../core/index.js';
import { nextTime, onSchedule, untilIdle } from './schedule.js';

const utc = (text: string): number => Date.parse(`${text}Z`);
const minuteOf = (ms: number): string => new Date(ms).toISOString().slice(0, 16);

describe('the next time of a schedule', () => {
  it.each([
    ['04:00', 'UTC', '2026-11-25T03:59', '2026-11-25T04:00'],
    ['04:00', 'UTC', '2026-11-25T04:00', '2026-11-26T04:00'],
    ['04:00', 'Asia/Shanghai', '2026-11-25T12:00', '2026-11-25T20:00'],
    ['00:05', 'Europe/Berlin', '2026-11-25T12:00', '2026-11-25T23:05'],
    // Summer time begins on 2027-03-28 at 02:00 in Berlin, and ends on 2026-10-25 at 03:00.
    ['04:00', 'Europe/Berlin', '2027-03-27T12:00', '2027-03-28T02:00'],
    ['02:30', 'Europe/Berlin', '2027-03-27T12:00', '2027-03-28T01:00'],
    ['04:00', 'Europe/Berlin', '2026-10-24T12:00', '2026-10-25T03:00'],
    ['sun 04:30', 'UTC', '2026-11-25T12:00', '2026-11-29T04:30'],
    ['wed 12:00', 'UTC', '2026-11-25T11:59', '2026-11-25T12:00'],
    ['wed 12:00', 'UTC', '2026-11-25T12:00', '2026-12-02T12:00'],
  ])('%s in %s after %s', (time, zone, after, next) => expect(minuteOf(nextTime(time, zone, utc(after)))).toBe(next));

  it("is in this machine's time zone if no zone is named", () => {
    const next = new Date(nextTime('04:00', undefined, utc('2026-11-25T12:00')));
    expect([next.getHours(), next.getMinutes()]).toEqual([4, 0]);
  });
});

describe('a scheduled run', () => {
  it('happens once when due, late after the machine slept, and never twice at the same time', async () => {
    const clock = new FakeClock(utc('2026-11-25T03:00'));
    const stop = new AbortController();
    const runs: string[] = [];
    let lastMs = clock.wallMs();
    let finish = (): void => undefined;
    const looking = onSchedule(
      clock,
      stop.signal,
      () => nextTime('04:00', 'UTC', lastMs),
      async () => {
        lastMs = clock.wallMs();
        runs.push(minuteOf(clock.wallMs()));
        await new Promise<void>((resolve) => (finish = resolve));
      },
    );
    await clock.advance(3_500_000);
    expect(runs).toEqual([]);
    await clock.advance(100_000);
    expect(runs).toEqual(['2026-11-25T04:00']);
    await clock.advance(48 * 3_600_000);
    expect(runs).toHaveLength(1);
    finish();
    await clock.advance(60_000);
    expect(runs).toHaveLength(2);
    stop.abort(new Cancelled('over'));
    finish();
    await expect(looking).rejects.toThrow('over');
  });
});

describe('the wait until nobody talks', () => {
  it('ends after half a minute without speech', async () => {
    const clock = new FakeClock();
    let idle = false;
    const waiting = untilIdle(clock, () => idle, 600_000, new AbortController().signal);
    await clock.advance(100_000);
    idle = true;
    await clock.advance(20_000);
    idle = false;
    await clock.advance(10_000);
    idle = true;
    await clock.advance(25_000);
    let over = false;
    const minuteOf = waiting.then((result) => {
      over = true;
      return result;
    });
    await clock.advance(1);
    expect(over).toBe(false);
    await clock.advance(15_000);
    expect(await minuteOf).toBe(true);
  });

  it('ends after the given time if somebody always talks', async () => {
    const clock = new FakeClock();
    const waiting = untilIdle(clock, () => false, 60_000, new AbortController().signal);
    await clock.advance(66_000);
    expect(await waiting).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
