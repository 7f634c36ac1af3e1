import type { MachineSample } from '../../src/platform/machine/index.js';
import type { FleetResult, FleetTurn } from '../../src/measure/fleet/index.js';
import { summarise } from '../../src/measure/statistics.js';
import type { Figures } from '../../src/measure/monitor/figures.js';
import type { MachineFigures } from '../../src/measure/monitor/machine-figures.js';
import type { Observation, ServerSample } from '../../src/measure/monitor/observation.js';
import type { ServerTurn } from '../../src/measure/observer/server-client.js';

export const STARTED_WALL_MS = 1_764_080_000_000;

/** What the monitor observes in a quiet minute of a faultless server on this machine. `change` replaces parts of it. */
export function observation(change: Partial<Observation> = {}): Observation {
  return {
    mode: 'monitor',
    local: true,
    startedWallMs: STARTED_WALL_MS,
    elapsedMs: 60_000,
    countedFromS: 0,
    countedToS: 60,
    interrupted: false,
    machine: { cpu: 'a CPU', cores: 4, memoryGb: 8, vnni: true, node: 'v20.0.0', os: 'an OS' },
    server: {
      url: 'http://127.0.0.1:8000',
      pid: 7,
      version: '0.1.0',
      recognition: { en: 'moonshine-tiny-en' },
      llm: 'offline',
      voices: ['flite'],
      maxTalking: 10,
    },
    machineSamples: seconds(60).map((atS) => ({ ...machineSample(atS), atS })),
    serverSamples: seconds(60).map((atS) => serverSample(atS)),
    turns: [],
    fleet: undefined,
    ...change,
  };
}

export function seconds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

export function machineSample(atS: number, change: Partial<MachineSample> = {}): MachineSample {
  return {
    atMs: atS * 1000,
    wallMs: STARTED_WALL_MS + atS * 1000,
    intervalMs: 1000,
    cpuShare: 0.2,
    stolenShare: 0,
    loadAverage: [0.5, 0.5, 0.5],
    memory: { totalBytes: 8 * 2 ** 30, availableBytes: 6 * 2 ** 30 },
    pressure: { cpu: undefined, memory: undefined, io: undefined },
    sockets: { used: 20, tcp: 10, tcpTimeWait: 0, udp: 0 },
    cgroup: undefined,
    cgroupCores: undefined,
    processes: [process('main', 0.1, 120), process('asr', 0.3, 310)],
    processCpuSeconds: atS * 0.4,
    processMemoryBytes: 430 * 2 ** 20,
    ...change,
  };
}

export function process(name: string, cpuCores: number, megabytes: number): MachineSample['processes'][number] {
  return {
    pid: 1,
    parentPid: 0,
    name,
    cpuSeconds: 0,
    cpuCores,
    rssBytes: megabytes * 2 ** 20,
    pssBytes: megabytes * 2 ** 20,
    threads: 1,
    openFiles: 1,
  };
}

export function serverSample(atS: number, change: Partial<ServerSample> = {}): ServerSample {
  return {
    atS,
    responseMs: 3,
    ready: true,
    metrics: {
      connections: 2,
      connectionsLimit: 2000,
      talking: 1,
      slotsBusy: 1,
      queued: 0,
      loopDelayP99Ms: 4,
      underrunsPredicted: 0,
      refused: undefined,
      engineRestarts: undefined,
    },
    ...change,
  };
}

export function serverTurn(change: Partial<ServerTurn> = {}): ServerTurn {
  return {
    id: 1,
    deviceId: 'a0:85:e3:f4:49:34',
    atWallMs: STARTED_WALL_MS + 30_000,
    outcome: 'answered',
    code: undefined,
    stagesMs: {
      endpoint: 300,
      asr_wait: 5,
      asr_run: 120,
      transcript: 130,
      llm_first_chunk: 20,
      tts_first_audio: 80,
      first_packet: 170,
      speech_end_to_first_packet: 600,
    },
    underruns: 0,
    underrunMs: 0,
    ...change,
  };
}

export function fleetTurn(change: Partial<FleetTurn> = {}): FleetTurn {
  return {
    device: 0,
    turn: 0,
    warmup: false,
    outcome: 'answered',
    plannedAt: 0,
    dueAt: 0,
    startedAt: 0,
    speech: 'a clip',
    speechMs: 3000,
    sttMs: 500,
    ttsStartMs: 510,
    firstPacketMs: 640,
    firstSoundMs: 700,
    ttsStopMs: 5000,
    packets: 80,
    replyMs: 4800,
    underruns: [],
    overflows: 0,
    lostPackets: 0,
    complete: true,
    sentences: 2,
    silentSentences: 0,
    words: { said: 9, errors: 1 },
    ...change,
  };
}

/** A fleet's result. It contains only the parts that the monitor reads. */
export function fleetResult(turns: readonly FleetTurn[], change: Partial<FleetResult> = {}): FleetResult {
  const devices = [...new Set(turns.map(({ device }) => device))].map((device) => ({
    device,
    deviceId: `02:c0:5e:00:00:0${device}`,
    otaMs: 12,
  }));
  const underruns = turns.flatMap((turn) => turn.underruns);
  return {
    options: { devices: Math.max(-1, ...devices.map(({ device }) => device)) + 1 },
    startedAt: new Date(STARTED_WALL_MS).toISOString(),
    valid: true,
    reasons: [],
    totals: { underruns: underruns.length, underrunMs: underruns.reduce((sum, { ms }) => sum + ms, 0) },
    own: { cpuCores: 0.1, rssBytes: 80 * 2 ** 20, loopDelayP99Ms: 2 },
    seconds: seconds(60).map((atS) => ({
      atS,
      connected: devices.length,
      talking: 1,
      activeTurns: 1,
      waiting: 0,
      playing: 1,
      leadMinMs: 400,
      leadMedianMs: 500,
      underruns: 0,
      overflows: 0,
      completed: 1,
      failed: 0,
      loopDelayMaxMs: 1,
    })),
    devices,
    turns,
    marks: [{ atS: 10, what: 'counted_from' }],
    ...change,
  } as unknown as FleetResult;
}

/** Figures that are within every target. */
export function figures(change: Partial<Figures> = {}): Figures {
  return {
    seconds: 60,
    answers: {
      turns: 10,
      devices: 2,
      firstSound: summarise([700, 800, 900]),
      firstSoundMs: [700, 800, 900],
      failed: 0,
      excuses: [],
      underruns: 0,
      underrunMs: 0,
    },
    server: {
      asked: 60,
      unanswered: 0,
      response: summarise([2, 3, 4]),
      loopDelayP99Ms: { median: 4, worst: 6 },
      queuedMax: 0,
      connections: { most: 2, limit: 2000 },
      refused: 0,
      engineRestarts: 0,
    },
    machine: machine(),
    fleetCores: 0.1,
    stages: {},
    partsMs: undefined,
    failureCodes: {},
    fleet: undefined,
    devices: [],
    ...change,
  };
}

export function machine(change: Partial<MachineFigures> = {}): MachineFigures {
  return {
    cores: 4,
    cpuMean: 0.3,
    cpuMax: 0.9,
    stolenMean: 0,
    memoryMax: 0.4,
    memoryTotalBytes: 8 * 2 ** 30,
    loadMean: 1,
    waitedForCpu: 0.05,
    waitedForMemory: 0,
    waitedForDisk: 0,
    socketsMax: 12,
    container: undefined,
    processes: [
      { name: 'asr', cores: 0.6, memoryMaxBytes: 310 * 2 ** 20 },
      { name: 'main', cores: 0.1, memoryMaxBytes: 120 * 2 ** 20 },
    ],
    serverCores: 0.7,
    serverMemoryMaxBytes: 430 * 2 ** 20,
    ...change,
  };
}
