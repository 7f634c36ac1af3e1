import type { BenchResult } from '../../src/measure/bench/index.js';
import type { FleetTurn } from '../../src/measure/fleet/index.js';
import type { Summary } from '../../src/measure/statistics.js';

const none: Summary = { kind: 'none', count: 0 };

/** A turn without faults. */
export function fleetTurn(turn: Partial<FleetTurn> = {}): FleetTurn {
  return {
    device: 0,
    turn: 0,
    warmup: false,
    outcome: 'answered',
    plannedAt: 0,
    dueAt: 0,
    startedAt: 0,
    speech: 'x',
    speechMs: 4000,
    sttMs: 500,
    ttsStartMs: 520,
    firstPacketMs: 900,
    firstSoundMs: 960,
    ttsStopMs: 6000,
    packets: 80,
    replyMs: 4800,
    underruns: [],
    overflows: 0,
    lostPackets: 0,
    complete: true,
    sentences: 2,
    silentSentences: 0,
    ...turn,
  };
}

const MACHINE: BenchResult['machine'] = {
  cpu: 'a CPU',
  cores: 2,
  memoryGb: 4,
  vnni: true,
  node: 'v20',
  os: 'Linux',
  usableCores: 2,
  memoryLimitBytes: 4e9,
};

const OPTIONS: BenchResult['options'] = {
  devices: 3,
  durationS: 60,
  warmupS: 10,
  scenario: 'steady',
  seed: 1,
  queues: [20],
  language: 'en-US',
  asr: 'installed',
  asrModel: 'moonshine-tiny-en',
  llm: 'stand-in',
  tts: 'stand-in',
  settings: ['log.format=json'],
};

const SERVER: BenchResult['server'] = {
  readyMs: 3000,
  cores: 0.5,
  cpuShare: 0.25,
  memoryBytes: { start: 4e8, third: 4.1e8, end: 4.1e8, max: 4.2e8 },
  processes: [{ name: 'main', cores: 0.2, maxBytes: 1e8 }],
  complaints: [],
};

const OBSERVATIONS: BenchResult['observations'] = [0, 1, 2].map((atS) => ({
  atS,
  serverCores: 0.5,
  serverBytes: 4e8,
  processes: [{ name: 'main', pid: 1, cores: 0.2, bytes: 1e8 }],
  machineCpuShare: 0.4,
  queueDepth: 0,
  slotsBusy: 1,
  talking: 1,
  loopDelayP99Ms: 3,
}));

const FLEET_OPTIONS: BenchResult['fleet']['options'] = {
  otaUrl: 'http://127.0.0.1:1/xiaozhi/ota/',
  devices: 3,
  scenario: 'steady',
  seed: 1,
  durationMs: 60_000,
  warmupMs: 10_000,
  queues: [20],
  framings: [1],
  language: 'en-US',
  conversation: {
    speech: { fromMs: 1, toMs: 2 },
    reply: { meanMs: 1, deviationMs: 1, fromMs: 1, toMs: 2 },
    pause: { fromMs: 1, toMs: 2 },
    bargeInShare: 0,
    bargeInAfter: { fromMs: 1, toMs: 2 },
    answerAllowanceMs: 1,
  },
  ownLimits: { sendLatenessP99Ms: 50, loopDelayP99Ms: 50, loopUtilisation: 0.9, standstillMs: 250 },
  answerTimeoutMs: 1,
  stuckAfterMs: 1,
};

const OWN: BenchResult['fleet']['own'] = {
  workers: 1,
  cpuCores: 0.05,
  rssBytes: 9e7,
  sendLateness: none,
  loopDelayP99Ms: 2,
  loopUtilisation: 0.1,
  longestStandstillMs: 5,
  doubtfulTurns: 0,
};

const SECONDS: BenchResult['fleet']['seconds'] = [0, 1, 2].map((atS) => ({
  atS,
  connected: 3,
  talking: 1,
  activeTurns: 1,
  waiting: 0,
  playing: 1,
  leadMinMs: 300,
  leadMedianMs: 400,
  underruns: 0,
  overflows: 0,
  completed: 1,
  failed: 0,
  loopDelayMaxMs: 2,
}));

function totalsOf(turns: readonly FleetTurn[]): BenchResult['fleet']['totals'] {
  const counted = turns.filter(({ warmup }) => !warmup);
  return {
    turns: counted.length,
    complete: counted.filter(({ complete }) => complete).length,
    outcomes: { answered: counted.length },
    lateTurns: 0,
    notStarted: 0,
    rejected: 0,
    underruns: counted.reduce((sum, { underruns }) => sum + underruns.length, 0),
    underrunMs: 0,
    overflows: 0,
    lostPackets: 0,
    packetsAfterAbort: 0,
    aborts: 0,
    stuck: 0,
    unasked: 0,
    violations: {},
    otaMs: none,
    helloMs: none,
    sttMs: none,
    ttsStartMs: none,
    firstPacketMs: none,
    firstSoundMs: none,
    firstSoundFromDueMs: none,
    lateMs: none,
    replyMs: none,
    minLeadMs: none,
    stopAfterAbortMs: none,
    turnsPerMinute: { planned: 4.7, actual: 4.6 },
  };
}

/** The result of a bench run without faults that consists of these `turns`. */
export function benchResult(turns: readonly FleetTurn[], more: Partial<BenchResult> = {}): BenchResult {
  return {
    format: 'chorus-bench',
    version: 1,
    chorus: '0.1.0',
    command: 'chorus bench --devices 3',
    startedAt: '2026-11-25T12:00:00.000Z',
    machine: MACHINE,
    options: OPTIONS,
    serviceLevel: { firstSoundP50Ms: 1000, firstSoundP95Ms: 1600, cpuShare: 0.7, turnRate: 0.9 },
    verdict: { outcome: 'holds', reasons: [], targets: [{ id: 'underruns', measured: 0, bound: 0, outcome: 'holds' }] },
    llmOwn: { requests: 3, failed: 0, medianMs: 425, p95Ms: 450, joined: 3 },
    server: SERVER,
    observations: OBSERVATIONS,
    fleet: {
      version: 1,
      options: FLEET_OPTIONS,
      startedAt: '2026-11-25T12:00:00.000Z',
      elapsedMs: 72_000,
      valid: true,
      reasons: [],
      totals: totalsOf(turns),
      own: OWN,
      seconds: SECONDS,
      devices: [],
      turns,
      marks: [{ atS: 10, what: 'counted_from' }],
    },
    ...more,
  };
}
