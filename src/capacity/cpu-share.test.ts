import { describe, expect, it } from 'vitest';
import { CpuShare } from './cpu-share.js';

describe('CpuShare', () => {
  it("halves a device's use after a half-life, and forgets a device that left", () => {
    const share = new CpuShare(1000);
    share.charge('a', 400, 0);
    share.charge('a', 100, 1000);
    expect(share.used('a', 1000)).toBeCloseTo(300);
    expect(share.used('a', 2000)).toBeCloseTo(150);
    expect(share.used('nobody', 0)).toBe(0);
    // Faded uses are removed only after many new devices.
    for (let i = 0; i < 1000; i++) share.charge(`d${i}`, 100, 100_000 + i);
    expect(share.used('a', 101_000)).toBe(0);
    expect(share.size).toBeLessThanOrEqual(1000);
    for (let i = 0; i < 300; i++) share.charge(`e${i}`, 100, 1_000_000);
    expect(share.size).toBeLessThan(600);
  });

  it('reports how fairly CPU time is distributed', () => {
    const share = new CpuShare();
    expect(share.fairness(0)).toBeUndefined();
    for (const device of ['a', 'b', 'c', 'd']) share.charge(device, 100, 0);
    expect(share.fairness(0)).toEqual({ jain: 1, largest: 0.25 });
    share.charge('a', 300, 0);
    expect(share.fairness(0)?.jain).toBeCloseTo(700 ** 2 / (4 * (400 ** 2 + 3 * 100 ** 2)));
    expect(share.fairness(0)?.largest).toBeCloseTo(400 / 700);
    share.charge('a', 1e6, 0);
    expect(share.fairness(0)?.jain).toBeCloseTo(0.25, 2);
    expect(share.fairness(3_600_000)).toBeUndefined();
  });
});
