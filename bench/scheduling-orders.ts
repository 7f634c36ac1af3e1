// Compares our order of jobs with other orders. All use the same seeded devices, simulated time and the real scheduler.
// The figures are the same on every machine. `npx tsx bench/scheduling-orders.ts [FILE.json [recorded]]` also writes
// the tables of docs/adr/0015; `recorded` replays only the recordings and keeps the rest of the file.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type JobOrder, latestStartFirst } from '../src/capacity/job-order.js';
import { SpeculationBudget } from '../src/capacity/speculation-budget.js';
import { multiplied, type RecordedJob, replay } from '../test/scenarios/recorded-jobs.js';
import { simulate, type SimulatedLoad, type SimulatedRun } from '../test/scenarios/scheduling-simulator.js';

/** Cost of SenseVoice as published with one thread (323 ms for 5 s, docs/adr/0013). */
const SENSEVOICE = { fixedMs: 15, msPerUnit: 62 };
/** Cost of a local voice of VITS size, as the catalogue estimates it. */
const LOCAL_VOICE = { fixedMs: 100, msPerUnit: 25 };
const DURATION_MS = 600_000;

const fifo: JobOrder = () => 0;
const shortestJob: JobOrder = (a, b) => a.predictedMs - b.predictedMs;
/** The device that was served longest ago goes first. */
function roundRobin(): { order: JobOrder; onStart(deviceId: string): void } {
  const served = new Map<string, number>();
  let turn = 0;
  return {
    order: (a, b) => (served.get(a.deviceId) ?? -1) - (served.get(b.deviceId) ?? -1),
    onStart: (deviceId) => void served.set(deviceId, turn++),
  };
}
/**
 * The order used before these simulations. Late jobs are sorted by the CPU time of their devices, and playing devices
 * are not preferred.
 */
const deadlineOnly: JobOrder = (a, b, moment) => {
  const { nowMs } = moment;
  const aLate = a.latestStartMs <= nowMs;
  if (aLate !== b.latestStartMs <= nowMs) return aLate ? -1 : 1;
  const byStart = a.latestStartMs - b.latestStartMs;
  return aLate ? moment.usedMs(a.deviceId) - moment.usedMs(b.deviceId) || byStart : byStart;
};

const ORDERS: Readonly<Record<string, () => Pick<SimulatedLoad, 'order' | 'onStart'>>> = {
  ours: () => ({ order: latestStartFirst }),
  'deadlines alone': () => ({ order: deadlineOnly }),
  'first come': () => ({ order: fifo }),
  'shortest job': () => ({ order: shortestJob }),
  'round robin': roundRobin,
};

interface Row {
  readonly load: string;
  readonly slots: number;
  readonly devices: number;
  readonly order: string;
  readonly busy: number;
  readonly turns: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly firstSoundP95: number;
  readonly underrunsPer100: number;
  readonly jain: number;
  readonly failed: number;
}

const LOADS: Readonly<Record<string, (devices: number) => Pick<SimulatedLoad, 'tts' | 'monologues'>>> = {
  'cloud voice': () => ({ tts: undefined }),
  'local voice': () => ({ tts: LOCAL_VOICE }),
  'local voice, a tenth of the devices talk without end': (devices) => ({ tts: LOCAL_VOICE, monologues: devices / 10 }),
};

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/**
 * Jain's index of fairness for the devices' median waits. It is 1 if all are equal. A wait below 50 ms counts as 50 ms.
 */
function jain(perDevice: readonly (readonly number[])[]): number {
  const medians = perDevice.filter((waits) => waits.length > 0).map((waits) => Math.max(50, percentile(waits, 0.5)));
  const sum = medians.reduce((total, value) => total + value, 0);
  return sum ** 2 / (medians.length * medians.reduce((total, value) => total + value ** 2, 0));
}

function rowOf(
  run: SimulatedRun,
  cell: { load: string; slots: number; devices: number; order: string },
  monologues: number,
): Row {
  const waits = [...run.waits.values()].slice(monologues).flat();
  return {
    ...cell,
    busy: run.load,
    turns: run.turns,
    p50: percentile(waits, 0.5),
    p95: percentile(waits, 0.95),
    p99: percentile(waits, 0.99),
    firstSoundP95: percentile(run.firstSounds, 0.95),
    underrunsPer100: run.sentences === 0 ? 0 : (100 * run.underruns) / run.sentences,
    jain: jain([...run.waits.values()].slice(monologues)),
    failed: run.failed,
  };
}

const [file, onlyRecorded] = process.argv.slice(2);
const simulated = onlyRecorded === undefined ? LOADS : {};
const rows: Row[] = [];
for (const [load, of] of Object.entries(simulated)) {
  for (const slots of [1, 2, 4]) {
    for (const devices of [10, 20, 40, 60]) {
      for (const [order, make] of Object.entries(ORDERS)) {
        const { monologues = 0, tts } = of(devices);
        const run = await simulate({
          devices,
          slots,
          durationMs: DURATION_MS,
          seed: 1,
          asr: SENSEVOICE,
          tts,
          monologues,
          ...make(),
        });
        rows.push(rowOf(run, { load, slots, devices, order }, monologues));
      }
    }
  }
}

for (const load of Object.keys(simulated)) {
  console.log(
    '\n' +
      `### ${load}\n\n| slots | devices | order | busy | turns | text p50 | p95 | p99 | first ` +
      'sound p95 | underruns / 100 sentences | Jain |\n' +
      '|---|---|---|---|---|---|---|---|---|---|---|',
  );
  for (const row of rows.filter((each) => each.load === load)) {
    const ms = (value: number): string => Math.round(value).toString();
    console.log(
      `| ${row.slots} | ${row.devices} | ${row.order} | ${Math.round(row.busy * 100)} % ` +
        `| ${row.turns} | ${ms(row.p50)} | ${ms(row.p95)} | ${ms(row.p99)} ` +
        `| ${ms(row.firstSoundP95)} | ${row.underrunsPer100.toFixed(1)} | ${row.jain.toFixed(3)} ` +
        '|',
    );
  }
}

/** Recordings of bench/record-jobs.ts. */
const RECORDINGS = new URL('../test/fixtures/recorded-jobs/', import.meta.url);
/**
 * Shares of the slots' time that the jobs of a recording fill. For this, its devices are multiplied, and its jobs are
 * made longer or shorter.
 */
const FILLS = [0.6, 0.85, 1.1];
const replays: Row[] = [];
for (const name of (await readdir(RECORDINGS)).sort()) {
  const { about, devices, jobs } = JSON.parse(await readFile(new URL(name, RECORDINGS), 'utf8')) as {
    about: string;
    devices: number;
    jobs: readonly RecordedJob[];
  };
  const spanMs = Math.max(...jobs.map(({ endedMs }) => endedMs));
  const workMs = jobs.reduce((sum, { runMs }) => sum + runMs, 0);
  console.log(
    `\n### recorded: ${about}\n\n| slots | devices | order | busy | text p50 | p95 | p99 | ` +
      'first sound p95 | underruns / 100 sentences | Jain |\n' +
      '|---|---|---|---|---|---|---|---|---|---|',
  );
  for (const slots of [1, 2]) {
    for (const fill of FILLS) {
      const times = (fill * slots * spanMs) / workMs;
      const copies = Math.max(1, Math.round(times));
      for (const [order, make] of Object.entries(ORDERS)) {
        const run = await replay(multiplied(jobs, copies), { slots, slower: times / copies, ...make() });
        const waits = [...run.waits.values()].flat();
        const row: Row = {
          load: about,
          slots,
          devices: copies * devices,
          order,
          busy: run.busy,
          turns: waits.length,
          p50: percentile(waits, 0.5),
          p95: percentile(waits, 0.95),
          p99: percentile(waits, 0.99),
          firstSoundP95: percentile(run.firstSounds, 0.95),
          underrunsPer100: run.sentences === 0 ? 0 : (100 * run.underruns) / run.sentences,
          jain: jain([...run.waits.values()]),
          failed: run.failed,
        };
        replays.push(row);
        console.log(
          `| ${slots} | ${row.devices} | ${order} | ${Math.round(row.busy * 100)} % ` +
            `| ${Math.round(row.p50)} | ${Math.round(row.p95)} | ${Math.round(row.p99)} ` +
            `| ${Math.round(row.firstSoundP95)} | ${row.underrunsPer100.toFixed(1)} ` +
            `| ${row.jain.toFixed(3)} |`,
        );
      }
    }
  }
}

/**
 * Compares four ways to decode early at a pause, which may or may not be the end of speech: never, in idle slots, with
 * a limit on wasted work, and with a wait if no slot is idle.
 */
if (onlyRecorded === undefined)
  console.log(
    '\n### speculation, 2 slots, cloud voice\n\n' +
      '| devices | pauses in | speculation | busy | text p50 | p95 | p99 | speculative | ' +
      'wasted |\n|---|---|---|---|---|---|---|---|---|',
  );
const speculations = [];
for (const devices of onlyRecorded === undefined ? [20, 40, 60] : []) {
  for (const pauseShare of [0.1, 0.3, 0.6]) {
    for (const policy of [
      'never',
      'idle slots',
      'idle slots, within the budget',
      'waits, within the budget',
    ] as const) {
      const budget = new SpeculationBudget(2);
      let allowed = (): boolean => policy === 'idle slots';
      if (policy.endsWith('budget')) allowed = () => budget.allows(now());
      let now = (): number => 0;
      const run = await simulate({
        devices,
        slots: 2,
        durationMs: DURATION_MS,
        seed: 1,
        asr: SENSEVOICE,
        tts: undefined,
        pauseShare,
        speculation: {
          waits: policy.startsWith('waits'),
          allowed: () => allowed(),
          settled: (used, runMs) => void (used || budget.wasted(runMs, now())),
          ran: (runMs) => budget.ran(runMs, now()),
          clock: (clock) => void (now = clock),
        },
      });
      const waits = [...run.waits.values()].flat();
      const row = {
        devices,
        pauseShare,
        policy,
        busy: run.load,
        p50: percentile(waits, 0.5),
        p95: percentile(waits, 0.95),
        p99: percentile(waits, 0.99),
        speculative: run.speculativeMs / run.asrMs,
        wasted: run.wastedMs / run.asrMs,
      };
      speculations.push(row);
      const share = (value: number): string => `${(value * 100).toFixed(0)} %`;
      console.log(
        `| ${devices} | ${share(pauseShare)} | ${policy} | ${share(row.busy)} ` +
          `| ${Math.round(row.p50)} | ${Math.round(row.p95)} | ${Math.round(row.p99)} ` +
          `| ${share(row.speculative)} | ${(row.wasted * 100).toFixed(1)} % |`,
      );
    }
  }
}

if (file !== undefined) {
  const before = onlyRecorded === undefined ? {} : (JSON.parse(await readFile(file, 'utf8')) as object);
  const now =
    onlyRecorded === undefined
      ? { seed: 1, durationMs: DURATION_MS, asr: SENSEVOICE, localVoice: LOCAL_VOICE, rows, replays, speculations }
      : { replays };
  await writeFile(file, `${JSON.stringify({ ...before, ...now }, null, 1)}\n`);
}
