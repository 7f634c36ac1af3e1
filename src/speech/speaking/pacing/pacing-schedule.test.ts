import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PACING, PacingSchedule } from './pacing-schedule.js';

/** Sends packets whenever they are due, until `untilMs`. */
function run(schedule: PacingSchedule, fromMs: number, untilMs: number): number[] {
  const sent: number[] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs = Math.max(nowMs, schedule.dueAtMs())) {
    schedule.sent(nowMs, true);
    sent.push(nowMs);
  }
  return sent;
}

describe('pacing schedule', () => {
  it('starts three frames ahead and builds ten within three seconds', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 1000);
    expect(schedule.dueAtMs()).toBe(1000);
    const sent = run(schedule, 1000, 4000);
    expect(sent.slice(0, 4)).toEqual([1000, 1021, 1042, 1063]);
    expect(schedule.inDevice(1100)).toBeGreaterThanOrEqual(3);
    expect((schedule.dryAtMs ?? 0) - 4000).toBeGreaterThan(9 * 60);
    expect((schedule.dryAtMs ?? 0) - 4000).toBeLessThanOrEqual(11 * 60);
  });

  it('keeps the absolute clock: after 60 s the error is under a frame, though every packet is 3 ms late', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    let nowMs = 0;
    for (let packet = 0; packet < 1000; packet++) {
      schedule.sent(nowMs, true);
      nowMs = Math.max(nowMs, schedule.dueAtMs()) + 3;
    }
    expect(schedule.dryAtMs).toBe(60_000);
    expect(schedule.underruns).toBe(0);
    // The last of 1000 packets leaves ten frames, the lead, before its moment, give or take one.
    expect(Math.abs(nowMs - (60_000 - 600))).toBeLessThan(60);
  });

  it('rebuilds the lead after a gap, without catching up in a burst', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    run(schedule, 0, 3000);
    const dryAtMs = schedule.dryAtMs ?? 0;
    expect(schedule.sent(dryAtMs + 500, true)).toBe(true);
    expect(schedule.underruns).toBe(1);
    expect(schedule.underrunMs).toBe(500);
    const sent = run(schedule, schedule.dueAtMs(), dryAtMs + 700);
    expect(sent[3]! - sent[0]!).toBeGreaterThanOrEqual(3 * 21);
    expect(schedule.inDevice(dryAtMs + 700)).toBeLessThanOrEqual(6);
  });

  it('counts what was played', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    expect(schedule.playedMs(100)).toBe(0);
    schedule.sent(100, true);
    schedule.sent(121, false);
    expect(schedule.playedMs(160)).toBe(60);
    expect(schedule.playedMs(5000)).toBe(120);
  });

  it('fills the queue of a small device, up to what it may hold', () => {
    for (const ceiling of [2, 4, 8]) {
      const schedule = new PacingSchedule(DEFAULT_PACING, ceiling, 0);
      run(schedule, 0, 3000);
      // The next packet is due when the device has one frame less to play.
      expect([ceiling, (schedule.dryAtMs ?? 0) - schedule.dueAtMs()]).toEqual([ceiling, (ceiling - 1) * 60]);
    }
  });

  it('never exceeds the device queue limit or the spacing, whatever the delays', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat({ max: 900 }), { minLength: 1, maxLength: 300 }),
        (ceiling, delays) => {
          const schedule = new PacingSchedule(DEFAULT_PACING, ceiling, 0);
          let nowMs = 0;
          let lastMs = -Infinity;
          for (const delayMs of delays) {
            nowMs = Math.max(nowMs, schedule.dueAtMs()) + (delayMs > 600 ? delayMs - 600 : 0);
            schedule.sent(nowMs, true);
            expect(nowMs - lastMs).toBeGreaterThanOrEqual(20);
            expect(schedule.inDevice(nowMs)).toBeLessThanOrEqual(ceiling);
            lastMs = nowMs;
          }
        },
      ),
    );
  });
});
