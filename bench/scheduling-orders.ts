// Which job should be next: our order against others, on the same seeded devices, in simulated time; the scheduler is the real one.
// The same figures on every machine. `npx tsx bench/scheduling-orders.ts [FILE.json]` also writes the tables of docs/adr/0015.
import { writeFile } from 'node:fs/promises';
import { type JobOrder, latestStartFirst } from '../src/scheduling/job-order.js';
import { simulate, type SimulatedLoad, type SimulatedRun } from '../test/scenarios/scheduling-simulator.js';

/** SenseVoice as published, one thread: 323 ms for 5 s (docs/adr/0013). A local voice of VITS size: the guess of the catalogue. */
const SENSEVOICE = { fixedMs: 15, msPerUnit: 62 };
const LOCAL_VOICE = { fixedMs: 100, msPerUnit: 25 };
const DURATION_MS = 600_000;

const fifo: JobOrder = () => 0;
const shortestJob: JobOrder = (a, b) => a.predictedMs - b.predictedMs;
/** The device first that was served longest ago. */
function roundRobin(): { order: JobOrder; onStart(deviceId: string): void } {
  const served = new Map<string, number>();
  let turn = 0;
  return {
    order: (a, b) => (served.get(a.deviceId) ?? -1) - (served.get(b.deviceId) ?? -1),
    onStart: (deviceId) => void served.set(deviceId, turn++),
  };
}
/** As ours, but a late job stands back by its length instead of by its device's use. */
const shortestLate: JobOrder = (a, b, moment) => {
  const bothLate = a.latestStartMs <= moment.nowMs && b.latestStartMs <= moment.nowMs;
  return bothLate ? a.latestStartMs + 2 * a.predictedMs - b.latestStartMs - 2 * b.predictedMs : latestStartFirst(a, b, moment);
};

const ORDERS: Readonly<Record<string, () => Pick<SimulatedLoad, 'order' | 'onStart'>>> = {
  'latest start': () => ({ order: latestStartFirst }),
  'latest start, short late jobs first': () => ({ order: shortestLate }),
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

/** Of the devices' median waits: 1 when all wait alike. A wait below 50 ms is none. */
function jain(run: SimulatedRun, monologues: number): number {
  const medians = [...run.waits.values()].slice(monologues).filter((waits) => waits.length > 0).map((waits) => Math.max(50, percentile(waits, 0.5)));
  const sum = medians.reduce((total, value) => total + value, 0);
  return sum ** 2 / (medians.length * medians.reduce((total, value) => total + value ** 2, 0));
}

function rowOf(run: SimulatedRun, cell: { load: string; slots: number; devices: number; order: string }, monologues: number): Row {
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
    jain: jain(run, monologues),
    failed: run.failed,
  };
}

const rows: Row[] = [];
for (const [load, of] of Object.entries(LOADS)) {
  for (const slots of [1, 2, 4]) {
    for (const devices of [10, 20, 40, 60]) {
      for (const [order, make] of Object.entries(ORDERS)) {
        const { monologues = 0, tts } = of(devices);
        const run = await simulate({ devices, slots, durationMs: DURATION_MS, seed: 1, asr: SENSEVOICE, tts, monologues, ...make() });
        rows.push(rowOf(run, { load, slots, devices, order }, monologues));
      }
    }
  }
}

for (const load of Object.keys(LOADS)) {
  console.log(`\n### ${load}\n\n| slots | devices | order | busy | turns | text p50 | p95 | p99 | first sound p95 | underruns / 100 sentences | Jain |\n|---|---|---|---|---|---|---|---|---|---|---|`);
  for (const row of rows.filter((each) => each.load === load)) {
    const ms = (value: number): string => Math.round(value).toString();
    console.log(`| ${row.slots} | ${row.devices} | ${row.order} | ${Math.round(row.busy * 100)} % | ${row.turns} | ${ms(row.p50)} | ${ms(row.p95)} | ${ms(row.p99)} | ${ms(row.firstSoundP95)} | ${row.underrunsPer100.toFixed(1)} | ${row.jain.toFixed(3)} |`);
  }
}
const [file] = process.argv.slice(2);
if (file !== undefined) await writeFile(file, `${JSON.stringify({ seed: 1, durationMs: DURATION_MS, asr: SENSEVOICE, localVoice: LOCAL_VOICE, rows }, null, 1)}\n`);
