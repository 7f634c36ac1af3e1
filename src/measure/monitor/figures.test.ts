import { describe, expect, it } from 'vitest';
import {
  fleetResult,
  fleetTurn,
  machineSample,
  observation,
  process,
  seconds,
  serverSample,
  serverTurn,
  STARTED_WALL_MS,
} from '../../../test/fakes/monitor-observation.js';
import type { MachineSample } from '../../platform/machine/index.js';
import { figuresOf } from './figures.js';
import type { ServerSample } from './observation.js';

const at = (atS: number, change: Partial<MachineSample> = {}): MachineSample & { atS: number } => ({
  ...machineSample(atS, change),
  atS,
});

describe('figures of the machine', () => {
  it("are averages weighted by the samples' durations, after the warm-up and before the last turns", () => {
    const machineSamples = [
      at(5, { cpuShare: 1 }),
      at(20, { cpuShare: 0.6, intervalMs: 1000 }),
      at(25, { cpuShare: 0.2, intervalMs: 3000 }),
      at(55, { cpuShare: 1 }),
    ];
    const { machine } = figuresOf(observation({ countedFromS: 10, countedToS: 50, machineSamples }));
    expect(machine?.cpuMean).toBeCloseTo(0.3);
    expect(machine?.cpuMax).toBe(0.6);
  });

  it('add up processes of the same name, highest CPU first, including a process that started later', () => {
    const machineSamples = [
      at(1, { processes: [process('main', 0.2, 100), process('asr', 0.5, 300)] }),
      at(2, { processes: [process('main', 0.4, 120), process('asr', 0.5, 300), process('asr', 1.5, 200)] }),
    ];
    expect(figuresOf(observation({ machineSamples })).machine?.processes).toEqual([
      { name: 'asr', cores: 1.25, memoryMaxBytes: 500 * 2 ** 20 },
      { name: 'main', cores: expect.closeTo(0.3), memoryMaxBytes: 120 * 2 ** 20 },
    ]);
  });

  it('include the limits of its container, and how often it was throttled', () => {
    const cgroup = (
      throttledPeriods: number,
      periods: number,
      workingSetBytes: number,
    ): NonNullable<MachineSample['cgroup']> => ({
      version: 2,
      cpuSeconds: 1,
      cpuQuota: 1.5,
      periods,
      throttledPeriods,
      throttledSeconds: 0,
      memoryBytes: 2 ** 30,
      workingSetBytes,
      memoryLimitBytes: 2 ** 30,
      cpuPressure: undefined,
    });
    const machineSamples = [
      at(1, { cgroup: cgroup(10, 100, 2 ** 28), cgroupCores: 0.3 }),
      at(2, { cgroup: cgroup(15, 120, 2 ** 29), cgroupCores: 0.6 }),
    ];
    expect(figuresOf(observation({ machineSamples })).machine?.container).toEqual({
      cpuQuota: 1.5,
      cpuMean: expect.closeTo(0.3),
      throttled: 0.25,
      memoryLimitBytes: 2 ** 30,
      memoryMax: 0.5,
    });
    expect(figuresOf(observation({ machineSamples: [at(1)] })).machine?.container).toBeUndefined();
  });

  it('give pressure as the share of the time in which a task waited', () => {
    const pressure = (totalSeconds: number): MachineSample['pressure'] => ({
      cpu: { some: { avg10: 0, avg60: 0, totalSeconds }, full: undefined },
      memory: undefined,
      io: undefined,
    });
    const machineSamples = [at(10, { pressure: pressure(100) }), at(20, { pressure: pressure(104) })];
    const { machine } = figuresOf(observation({ machineSamples }));
    expect(machine).toMatchObject({ waitedForCpu: 0.4, waitedForMemory: undefined });
  });

  it('are undefined when the machine was not watched', () => {
    expect(figuresOf(observation({ machineSamples: [] })).machine).toBeUndefined();
  });
});

describe('figures of the server', () => {
  it('count missing answers and grown counters, even across a restart', () => {
    const metrics = (refused: number | undefined, engineRestarts: number | undefined, loopDelayP99Ms: number) => ({
      metrics: {
        connections: 1,
        connectionsLimit: 2000,
        talking: 1,
        slotsBusy: 1,
        queued: 3,
        underrunsPredicted: 0,
        refused,
        engineRestarts,
        loopDelayP99Ms,
      },
    });
    const serverSamples = [
      serverSample(1, metrics(undefined, 5, 2)),
      serverSample(2, metrics(3, 6, 8)),
      serverSample(3, { responseMs: undefined, ready: undefined, metrics: undefined }),
      serverSample(4, metrics(2, undefined, 4)),
    ];
    expect(figuresOf(observation({ serverSamples })).server).toMatchObject({
      asked: 4,
      unanswered: 1,
      refused: 5,
      engineRestarts: 1,
      queuedMax: 3,
      loopDelayP99Ms: { median: 4, worst: 8 },
    });
    expect(figuresOf(observation({ serverSamples: [serverSample(1, { metrics: undefined })] })).server).toMatchObject({
      refused: undefined,
      loopDelayP99Ms: undefined,
    });
  });
});

describe('figures of the connections', () => {
  const sample = (atS: number, connections: number | undefined, connectionsLimit: number | undefined): ServerSample =>
    serverSample(atS, { metrics: { ...serverSample(atS).metrics!, connections, connectionsLimit } });

  it('show the highest number at once, against the limit that the server reports', () => {
    const serverSamples = [sample(1, 3, 2000), sample(2, 1700, 2000), sample(3, 5, 2000)];
    expect(figuresOf(observation({ serverSamples })).server.connections).toEqual({ most: 1700, limit: 2000 });
  });

  it('are undefined if a server reports no limit', () => {
    const serverSamples = [sample(1, 3, undefined)];
    expect(figuresOf(observation({ serverSamples })).server.connections).toBeUndefined();
  });
});

describe('figures of the answers', () => {
  it('come from simulated devices after the warm-up, and from real devices in the same time', () => {
    const fleet = fleetResult([
      fleetTurn({ warmup: true, firstSoundMs: 5000, turn: 0 }),
      fleetTurn({ firstSoundMs: 700, turn: 1 }),
      fleetTurn({ firstSoundMs: 900, turn: 2, underruns: [{ afterMs: 100, ms: 240 }] }),
      fleetTurn({ device: 1, outcome: 'no_answer', firstSoundMs: undefined, complete: false } as never),
      fleetTurn({
        device: 1,
        turn: 1,
        complete: false,
        abort: { by: 'click', afterMs: 900, packetsAfter: 0 },
        firstSoundMs: 800,
      }),
    ]);
    const turns = [
      serverTurn({ id: 1, deviceId: '02:c0:5e:00:00:00' }),
      serverTurn({ id: 2 }),
      serverTurn({ id: 3, outcome: 'failed', code: 'llm.timeout', stagesMs: { endpoint: 300 } }),
      serverTurn({ id: 4, outcome: 'empty', stagesMs: { endpoint: 300 } }),
      serverTurn({ id: 5, atWallMs: STARTED_WALL_MS - 1000, stagesMs: { speech_end_to_first_packet: 9000 } }),
      serverTurn({ id: 6, atWallMs: STARTED_WALL_MS + 5000, stagesMs: { speech_end_to_first_packet: 9000 } }),
      serverTurn({ id: 7, underruns: 2, underrunMs: 300 }),
    ];
    const { answers, failureCodes } = figuresOf(observation({ fleet, turns, countedFromS: 10 }));
    expect(answers).toMatchObject({ turns: 7, devices: 3, failed: 2, underruns: 3, underrunMs: 540 });
    expect([...answers.firstSoundMs].sort((a, b) => a - b)).toEqual([600, 600, 700, 800, 900]);
    expect(failureCodes).toEqual({ 'llm.timeout': 1 });
  });

  it('count turns of simulated devices once, also if the run was interrupted before they reported', () => {
    const fleet = fleetResult([fleetTurn()]);
    const turns = [serverTurn({ deviceId: '02:c0:5e:00:00:00' })];
    const { answers, devices } = figuresOf(observation({ fleet: { ...fleet, devices: [] }, turns }));
    expect(answers).toMatchObject({ turns: 1, devices: 1, firstSoundMs: [700] });
    expect(devices).toMatchObject([{ simulated: true }]);
  });

  it('exclude apologies, whose time does not count', () => {
    const fleet = fleetResult([
      fleetTurn({ firstSoundMs: 700 }),
      fleetTurn({ turn: 1, outcome: 'apology', complete: false, excuse: 'I cannot reach it.', firstSoundMs: 5 }),
      fleetTurn({ turn: 2, outcome: 'busy', complete: false, firstSoundMs: 6 }),
    ]);
    const turns = [serverTurn({ outcome: 'failed', code: 'llm.unreachable' })];
    const { answers } = figuresOf(observation({ fleet, turns }));
    expect(answers).toMatchObject({ turns: 4, failed: 3, firstSoundMs: [700], excuses: ['I cannot reach it.'] });
  });

  it('report simulated devices that the server never admitted', () => {
    const fleet = fleetResult([fleetTurn(), fleetTurn({ device: 1 }), fleetTurn({ device: 2 })]);
    const devices = fleet.devices.map(({ otaMs, ...device }, index) =>
      index === 0 ? { ...device, otaMs } : index === 1 ? device : { ...device, error: 'device.refused: 500' },
    );
    expect(figuresOf(observation({ fleet: { ...fleet, devices } })).fleet).toEqual({
      devices: 3,
      absent: 2,
      errors: ['device.refused: 500'],
    });
    expect(figuresOf(observation()).fleet).toBeUndefined();
  });

  it("split the time into parts from the server's records, which add up to the whole time", () => {
    const { partsMs, stages } = figuresOf(
      observation({ turns: [serverTurn(), serverTurn({ id: 2, outcome: 'failed', stagesMs: { endpoint: 9000 } })] }),
    );
    expect(partsMs).toEqual({ endpoint: 300, transcript: 130, llm: 20, voice: 150 });
    expect(stages['asr_run']).toMatchObject({ median: 120 });
    expect(figuresOf(observation()).partsMs).toBeUndefined();
  });
});

describe('figures of the devices', () => {
  it('are listed separately, real ones first, each with its own turns', () => {
    const fleet = fleetResult([fleetTurn({ underruns: [{ afterMs: 1, ms: 100 }] })]);
    const turns = [
      serverTurn({ id: 1, deviceId: '02:c0:5e:00:00:00' }),
      serverTurn({ id: 2, underruns: 1, underrunMs: 200 }),
      serverTurn({ id: 3, outcome: 'failed', code: 'tts.failed' }),
      serverTurn({ id: 4, deviceId: 'b0:00:00:00:00:01' }),
    ];
    const { devices } = figuresOf(observation({ fleet, turns }));
    expect(
      devices?.map(({ deviceId, simulated, turns: count, answered, underrunsPredicted, underrunsHeard, codes }) => ({
        deviceId,
        simulated,
        count,
        answered,
        underrunsPredicted,
        underrunsHeard,
        codes,
      })),
    ).toEqual([
      {
        deviceId: 'a0:85:e3:f4:49:34',
        simulated: false,
        count: 2,
        answered: 1,
        underrunsPredicted: 1,
        underrunsHeard: undefined,
        codes: ['tts.failed'],
      },
      {
        deviceId: 'b0:00:00:00:00:01',
        simulated: false,
        count: 1,
        answered: 1,
        underrunsPredicted: 0,
        underrunsHeard: undefined,
        codes: [],
      },
      {
        deviceId: '02:c0:5e:00:00:00',
        simulated: true,
        count: 1,
        answered: 1,
        underrunsPredicted: 0,
        underrunsHeard: 1,
        codes: [],
      },
    ]);
  });

  it('have the turns of the headline: those of a simulated device that began after the warm-up', () => {
    const fleet = fleetResult([
      fleetTurn({ warmup: true }),
      fleetTurn({ turn: 1 }),
      fleetTurn({ turn: 2, outcome: 'busy' }),
    ]);
    const turns = [1, 2, 3].map((id) => serverTurn({ id, deviceId: '02:c0:5e:00:00:00' }));
    expect(figuresOf(observation({ fleet, turns })).devices).toMatchObject([{ turns: 2, answered: 1 }]);
  });

  it('are undefined if the server shows no turns', () => {
    expect(figuresOf(observation({ turns: undefined })).devices).toBeUndefined();
  });

  it('are counted with all of 600 server samples', () => {
    expect(
      figuresOf(observation({ serverSamples: seconds(600).map((atS) => serverSample(atS / 10)) })).server.asked,
    ).toBe(600);
  });
});
