import { describe, expect, it } from 'vitest';
import { benchResult } from '../../../test/fakes/bench-result.js';
import { assembleResult, type RunEvidence } from './assemble-result.js';
import type { BenchSample } from './sampler.js';
import { SERVICE_LEVEL } from './service-level.js';
import { standInOptions } from './stand-ins/index.js';

const WARMUP_S = 10;

/**
 * A warm-up of 10 s, `durationS` of counted time, and 12 s in which the devices end. The server's CPU use is sampled
 * every second.
 */
function run(durationS: number, coresAt: (atS: number) => number, meanCores: number): RunEvidence {
  const observations = Array.from({ length: WARMUP_S + durationS + 12 }, (_, second): BenchSample => ({
    atS: second + 0.5,
    serverCores: coresAt(second + 0.5),
    serverBytes: 4e8,
    processes: [],
    machineCpuShare: undefined,
    cpuPressure: undefined,
    queueDepth: 0,
    slotsBusy: 1,
    talking: 1,
    loopDelayP99Ms: 3,
  }));
  return {
    options: {
      devices: 3,
      durationMs: durationS * 1000,
      warmupMs: WARMUP_S * 1000,
      scenario: 'steady',
      seed: 1,
      queues: [20],
      framings: [1],
      language: 'en-US',
      asr: 'installed',
      llm: 'stand-in',
      tts: 'stand-in',
      standIns: standInOptions.parse({}),
      settings: [],
      serviceLevel: SERVICE_LEVEL,
      kernels: false,
      minTurns: 0,
    },
    chorus: '0.1.0',
    command: 'chorus bench',
    fleet: benchResult([]).fleet,
    observer: { observations, meanCores },
    asr: { model: 'auto', understands: false },
    settings: [],
    url: undefined,
    readyMs: 3000,
    complaints: [],
    limits: { usableCores: 2, memoryLimitBytes: 4e9 },
    llm: [],
    tts: [],
    firstReport: undefined,
    lastReport: undefined,
  };
}

function cpuOf(evidence: RunEvidence): unknown {
  const { server, verdict } = assembleResult(evidence);
  const { measured, outcome } = verdict.targets.find(({ id }) => id === 'cpu')!;
  return { cores: server.cores, cpuShare: server.cpuShare, measured, outcome };
}

describe('the CPU of a run', () => {
  it('is judged over the time in which everybody talks, and reported as the mean of the counted time', () => {
    const busy = run(25, (atS) => (atS > 15 && atS < 35 ? 1.6 : 0.2), 0.9);
    expect(cpuOf(busy)).toEqual({
      cores: 0.9,
      cpuShare: expect.closeTo(0.8, 9) as number,
      measured: expect.closeTo(0.8, 9) as number,
      outcome: 'missed',
    });
    const calm = run(25, (atS) => (atS > 15 && atS < 35 ? 1.2 : 3), 2);
    expect(cpuOf(calm)).toMatchObject({ cores: 2, measured: expect.closeTo(0.6, 9) as number, outcome: 'holds' });
  });

  it('is judged by the mean of the counted time if everybody talked for only a few seconds', () => {
    expect(cpuOf(run(14, () => 1.6, 0.9))).toEqual({ cores: 0.9, cpuShare: 0.45, measured: 0.45, outcome: 'holds' });
  });
});
