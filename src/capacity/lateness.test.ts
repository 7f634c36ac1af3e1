import { describe, expect, it } from 'vitest';
import type { JobRecord } from './job-record.js';
import { Lateness } from './lateness.js';

const job = (more: Partial<JobRecord> = {}): JobRecord => ({
  kind: 'asr',
  deviceId: 'd',
  askedMs: 0,
  deadlineMs: 300,
  guessed: false,
  wantedMs: 0,
  cancelledMs: undefined,
  playing: false,
  predictedMs: 200,
  startedMs: 100,
  endedMs: 300,
  result: 'done',
  ...more,
});

describe('the share of jobs that begin too late', () => {
  it('counts jobs with a waiting user, including one that never began', () => {
    const lateness = new Lateness();
    for (let i = 0; i < 32; i++) lateness.add(job({ startedMs: 700 }));
    expect(lateness.view(300).share).toBe(0);
    lateness.add(job({ startedMs: 701 }));
    lateness.add(job({ startedMs: undefined, endedMs: 10_000, result: 'queue_timeout' }));
    expect(lateness.view(10_000).share).toBeGreaterThan(0.05);
    expect(lateness.view(10_000).total).toBe(2);
  });

  it('ignores unneeded guesses, and jobs that were cancelled before they began', () => {
    const lateness = new Lateness();
    for (let i = 0; i < 20; i++) lateness.add(job());
    for (let i = 0; i < 20; i++) {
      lateness.add(job({ deadlineMs: undefined, guessed: true, startedMs: 5000, endedMs: 300 }));
      lateness.add(job({ startedMs: undefined, cancelledMs: 300, endedMs: 300, deadlineMs: -5000 }));
    }
    expect(lateness.view(300)).toEqual({ share: 0, total: 0 });
  });

  it('reports no share for few jobs, and forgets old ones', () => {
    const lateness = new Lateness();
    for (let i = 0; i < 9; i++) lateness.add(job({ startedMs: 5000 }));
    expect(lateness.view(300).share).toBeUndefined();
    for (let i = 0; i < 11; i++) lateness.add(job({ startedMs: 5000 }));
    expect(lateness.view(300).share).toBe(1);
    expect(lateness.view(60_000).share).toBeUndefined();
  });
});
