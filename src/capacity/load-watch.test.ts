import { describe, expect, it } from 'vitest';
import { noMetrics } from '../core/index.js';
import type { MachineSample } from '../platform/machine/index.js';
import { reportLoad, seen } from './load-watch.js';

const GB = 1024 ** 3;
const line = (totalSeconds: number) => ({ some: { avg10: 0, avg60: 0, totalSeconds }, full: undefined });

function sample(atMs: number, more: Partial<MachineSample> = {}): MachineSample {
  return {
    atMs,
    wallMs: atMs,
    intervalMs: 2000,
    cpuShare: 0.5,
    stolenShare: 0,
    loadAverage: [0, 0, 0],
    memory: { totalBytes: 8 * GB, availableBytes: 5 * GB },
    pressure: { cpu: line(atMs / 10_000), memory: undefined, io: undefined },
    sockets: undefined,
    cgroup: undefined,
    cgroupCores: undefined,
    processes: [],
    processCpuSeconds: (atMs / 1000) * 0.4,
    processMemoryBytes: GB,
    ...more,
  };
}

const cgroup = (more: Partial<NonNullable<MachineSample['cgroup']>>): MachineSample['cgroup'] => ({
  version: 2,
  cpuSeconds: undefined,
  cpuQuota: undefined,
  periods: undefined,
  throttledPeriods: undefined,
  throttledSeconds: undefined,
  memoryBytes: undefined,
  workingSetBytes: undefined,
  memoryLimitBytes: undefined,
  cpuPressure: undefined,
  ...more,
});

describe('two samples of the machine', () => {
  it('give the CPU use of our processes and of other programs on a machine without containers', () => {
    const is = seen(sample(1000), sample(3000), 2, 2);
    expect(is).toMatchObject({
      intervalMs: 2000,
      ownBytes: GB,
      availableBytes: 5 * GB,
      busy: 0.5,
      throttled: undefined,
    });
    expect(is.ownCores).toBeCloseTo(0.4);
    expect(is.otherCores).toBeCloseTo(0.6);
    expect(is.pressure).toBeCloseTo(0.1);
  });

  it('count other programs on a bigger machine only if they leave less than our share', () => {
    expect(seen(sample(1000), sample(3000), 2, 8).otherCores).toBe(0);
    expect(seen(sample(1000), sample(3000, { cpuShare: 0.95 }), 2, 8).otherCores).toBeCloseTo(7.6 - 0.4 - 6);
  });

  it("in a control group, give the group's pressure, throttled periods, free memory and other members", () => {
    const before = sample(1000, {
      cgroup: cgroup({ cpuQuota: 1.5, periods: 100, throttledPeriods: 10, cpuPressure: line(1) }),
    });
    const now = sample(3000, {
      cgroupCores: 0.7,
      cgroup: cgroup({
        cpuQuota: 1.5,
        periods: 120,
        throttledPeriods: 15,
        cpuPressure: line(2.5),
        memoryLimitBytes: 3 * GB,
        workingSetBytes: 2 * GB,
      }),
    });
    const is = seen(before, now, 1.5, 2);
    expect(is).toMatchObject({ throttled: 0.25, availableBytes: GB });
    expect(is.pressure).toBeCloseTo(0.75);
    expect(is.otherCores).toBeCloseTo(0.3);
  });

  it('omit values that the machine does not report', () => {
    const dumb = { cpuShare: undefined, pressure: { cpu: undefined, memory: undefined, io: undefined } };
    expect(seen(sample(1000, dumb), sample(1000, dumb), 2, 2)).toMatchObject({
      intervalMs: 1,
      otherCores: 0,
      busy: undefined,
      pressure: undefined,
      throttled: undefined,
    });
  });
});

describe('metrics and log of the load', () => {
  it('logs the reason for the limit, the cost of a conversation, and strain', () => {
    const gauges = new Map<string, number>();
    const metrics = {
      ...noMetrics,
      gauge: (name: string, value: number, labels: object = {}) =>
        void gauges.set([name, ...Object.values(labels)].join(' '), value),
    };
    reportLoad(
      {
        conversations: 12,
        strained: true,
        reason: 'memory',
        source: 'measured',
        costCores: 0.05,
        availableCores: 1.5,
        predictedLoad: 0.4,
      },
      metrics,
    );
    expect(Object.fromEntries(gauges)).toEqual({
      'chorus_talking_limit_reason configured': 0,
      'chorus_talking_limit_reason cpu': 0,
      'chorus_talking_limit_reason memory': 1,
      'chorus_load_cost_cores table': 0,
      'chorus_load_cost_cores self_test': 0,
      'chorus_load_cost_cores measured': 0.05,
      chorus_load_predicted_ratio: 0.4,
      chorus_load_strained: 1,
    });
  });
});
