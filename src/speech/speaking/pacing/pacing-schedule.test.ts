import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PACING, PacingSchedule } from './pacing-schedule.js';

function run(schedule: PacingSchedule, fromMs: number, untilMs: number): number[] {
  const sent: number[] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs = Math.max(nowMs, schedule.dueAtMs())) {
    schedule.sent(nowMs, true);
    sent.push(nowMs);
  }
  return sent;
}

function leadMs(schedule: PacingSchedule): number {
  return (schedule.dryAtMs ?? 0) - schedule.dueAtMs();
}

function inDevice(schedule: PacingSchedule, nowMs: number): number {
  return Math.max(0, Math.ceil(((schedule.dryAtMs ?? nowMs) - nowMs) / 60));
}

describe('pacing schedule', () => {
  it('starts with a lead of three frames and reaches ten within three seconds', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 1000);
    expect(schedule.dueAtMs()).toBe(1000);
    const sent = run(schedule, 1000, 4000);
    expect(sent.slice(0, 4)).toEqual([1000, 1021, 1042, 1063]);
    expect(inDevice(schedule, 1100)).toBeGreaterThanOrEqual(3);
    expect((schedule.dryAtMs ?? 0) - 4000).toBeGreaterThan(9 * 60);
    expect((schedule.dryAtMs ?? 0) - 4000).toBeLessThanOrEqual(11 * 60);
  });

  it('follows absolute time: after 60 s the error is below one packet, though every packet is 3 ms late', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    let nowMs = 0;
    for (let packet = 0; packet < 1000; packet++) {
      schedule.sent(nowMs, true);
      nowMs = Math.max(nowMs, schedule.dueAtMs()) + 3;
    }
    expect(schedule.dryAtMs).toBe(60_000);
    expect(schedule.underruns).toBe(0);
    // The lead is ten packets, give or take one.
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
    expect(inDevice(schedule, dryAtMs + 700)).toBeLessThanOrEqual(6);
  });

  it('counts the played audio', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    expect(schedule.playedMs(100)).toBe(0);
    schedule.sent(100, true);
    schedule.sent(121, false);
    expect(schedule.playedMs(160)).toBe(60);
    expect(schedule.playedMs(5000)).toBe(120);
  });

  it('fills the queue of a small device up to its limit', () => {
    for (const limit of [2, 4, 8]) {
      const schedule = new PacingSchedule(DEFAULT_PACING, limit, 0);
      run(schedule, 0, 3000);
      expect([limit, (schedule.dryAtMs ?? 0) - schedule.dueAtMs()]).toEqual([limit, (limit - 1) * 60]);
    }
  });

  it('delays the first packet until the start time, even if that is set later', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, Infinity);
    schedule.begin(700);
    expect(schedule.dueAtMs()).toBe(700);
  });

  it('grows the lead only while the producer is ahead', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    for (let packet = 0; packet < 40; packet++) schedule.sent(schedule.dueAtMs(), false);
    expect(leadMs(schedule)).toBe(3 * 60);
    for (let packet = 0; packet < 4; packet++) schedule.sent(schedule.dueAtMs(), true);
    expect(leadMs(schedule)).toBe(4 * 60);
  });

  it('never exceeds the device queue limit or the spacing, whatever the delays', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat({ max: 900 }), { minLength: 1, maxLength: 300 }),
        (limit, delays) => {
          const schedule = new PacingSchedule(DEFAULT_PACING, limit, 0);
          let nowMs = 0;
          let lastMs = -Infinity;
          for (const delayMs of delays) {
            nowMs = Math.max(nowMs, schedule.dueAtMs()) + (delayMs > 600 ? delayMs - 600 : 0);
            schedule.sent(nowMs, true);
            expect(nowMs - lastMs).toBeGreaterThanOrEqual(20);
            expect(inDevice(schedule, nowMs)).toBeLessThanOrEqual(limit);
            lastMs = nowMs;
          }
        },
      ),
    );
  });
});

describe('delayed packets that arrive at once', () => {
  function four(): PacingSchedule {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    for (let packet = 0; packet < 4; packet++) schedule.sent(packet * 21, false);
    return schedule;
  }

  it('cause a gap as long as the device had no audio, and the schedule begins again', () => {
    const schedule = four();
    // Two packets had arrived, so the device had no audio from 120 ms on.
    expect(schedule.arrivedLate(42, 300)).toBe(180);
    expect([schedule.underruns, schedule.underrunMs]).toEqual([1, 180]);
    expect(schedule.dryAtMs).toBe(300 + 120);
  });

  it('cause no gap if they arrive before the device has played its packets, or at that moment', () => {
    for (const atMs of [100, 120]) {
      const schedule = four();
      expect(schedule.arrivedLate(42, atMs)).toBe(0);
      expect([schedule.underruns, schedule.underrunMs, schedule.dryAtMs]).toEqual([0, 0, 240]);
    }
  });

  it('cause no gap if none was sent meanwhile; the next packet then counts the silence', () => {
    const schedule = four();
    expect(schedule.arrivedLate(64, 300)).toBe(0);
    expect(schedule.underruns).toBe(0);
    expect(new PacingSchedule(DEFAULT_PACING, 16, 0).arrivedLate(0, 300)).toBe(0);
    schedule.sent(300, false);
    expect([schedule.underruns, schedule.underrunMs]).toEqual([1, 60]);
  });

  it('are remembered up to a number of 64', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    for (let packet = 0; packet < 100; packet++) schedule.sent(packet * 60, false);
    expect(schedule.arrivedLate(0, 6000)).toBe(64 * 60);
  });
});

describe('a deliberate pause', () => {
  function grown(): { schedule: PacingSchedule; dryAtMs: number } {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 0);
    run(schedule, 0, 3000);
    return { schedule, dryAtMs: schedule.dryAtMs ?? 0 };
  }

  it('is not counted as a gap, and restarts the schedule if everything was played', () => {
    const { schedule, dryAtMs } = grown();
    schedule.resume(dryAtMs + 5000);
    expect(schedule.dueAtMs()).toBe(dryAtMs + 5000);
    expect(schedule.sent(dryAtMs + 5000, false)).toBe(false);
    expect(schedule.underruns).toBe(0);
    expect(schedule.dryAtMs).toBe(dryAtMs + 5060);
    for (let packet = 0; packet < 5; packet++) schedule.sent(schedule.dueAtMs(), false);
    expect(leadMs(schedule)).toBe(3 * 60);
  });

  it('changes nothing else while the device still has audio', () => {
    for (const earlierMs of [200, 0]) {
      const { schedule, dryAtMs } = grown();
      schedule.resume(dryAtMs - earlierMs);
      expect(schedule.dryAtMs).toBe(dryAtMs);
      for (let packet = 0; packet < 20; packet++) schedule.sent(schedule.dueAtMs(), false);
      expect(leadMs(schedule)).toBe(10 * 60);
    }
  });

  it('does not change the time of the first packet if it comes before that packet', () => {
    const schedule = new PacingSchedule(DEFAULT_PACING, 16, 900);
    schedule.resume(500);
    expect([schedule.dueAtMs(), schedule.dryAtMs]).toEqual([900, undefined]);
  });
});
