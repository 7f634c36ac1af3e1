import { describe, expect, it } from 'vitest';
import { RestartPolicy } from './restart-policy.js';

const lived = { wasReady: true, served: false, hopeless: false };
const neverReady = { wasReady: false, served: false, hopeless: false };

describe('RestartPolicy', () => {
  it('pauses for 2 s, never longer, if the process was ready between its deaths', () => {
    const policy = new RestartPolicy();
    const answers = [0, 1_000, 2_000, 5_000, 8_000, 11_000].map((nowMs) => policy.died(nowMs, lived));
    expect(answers.map(({ delayMs }) => delayMs)).toEqual([50, 50, 2_000, 2_000, 2_000, 2_000]);
    expect(answers.some(({ failed }) => failed)).toBe(false);
  });

  it('doubles the pause of a process that cannot start, from 2 s to 5 minutes', () => {
    const policy = new RestartPolicy();
    policy.died(0, lived);
    policy.died(100, neverReady);
    let nowMs = 200;
    const pauses = Array.from({ length: 9 }, () => {
      const { failed, delayMs } = policy.died(nowMs, { ...neverReady, hopeless: nowMs > 200 });
      expect(failed).toBe(true);
      nowMs += delayMs;
      return delayMs / 1000;
    });
    expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300]);
    // The process was ready once, so its next deaths count as those of a working process.
    expect(policy.died(nowMs, lived)).toMatchObject({ failed: false });
  });

  it('does not pause a process that served', () => {
    const policy = new RestartPolicy();
    const answers = [0, 15_000, 30_000, 45_000].map((nowMs) => policy.died(nowMs, { ...lived, served: true }));
    expect(answers.map(({ delayMs }) => delayMs)).toEqual([50, 50, 50, 50]);
  });
});
