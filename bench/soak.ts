import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCancelled, MB, MINUTE_MS, sleep, systemClock } from '../src/core/index.js';
import { reloadOnce, type DoneReload } from './reloading.js';
import { atMost, report, type Line } from './results.js';
import { SoakSeries, type ProcessPoint } from './soak-series.js';
import type { FleetResult, FleetTurn } from '../src/measure/fleet/index.js';
import { MIXED_QUEUES } from '../src/measure/bench/index.js';
import { heapSizes, startAcceptanceServer, type AcceptanceServer } from './servers.js';
import { trendOf, type Reading, type Trend } from './trend.js';

const SAMPLE_EVERY_MS = 5000;
/** Time in which code is compiled, heaps grow to their size, and caches fill. */
const SETTLE_MS = 15 * MINUTE_MS;
/**
 * Interval between configuration changes while the server settles. Later it is a minute. The first reloads compile
 * about 150 KB of code each, 1.2 MB in all, which must not count as growth.
 */
const SETTLING_RELOAD_MS = MINUTE_MS / 5;
/** Small size, so that the log files are rotated within an hour. */
const LOG_FILE_BYTES = 1_000_000;
const LOG_FILES = 2;
/** Factor by which a log file may exceed its limit, because of its last line. */
const LOG_SLACK = 1.05;
/**
 * Number of additional open files that are allowed, because the number varies with the devices that are being answered.
 * If each reload left one file open, there would be fifty more.
 */
const MORE_FILES = 3;

interface HeapPoint {
  readonly atMs: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

/**
 * Devices talk for an hour while the configuration keeps changing. Memory, files and logs must not grow. Other work may
 * run on the machine, so sound quality is printed but not judged.
 */
export async function soak(devices: number, minutes: number): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-soak-'));
  const heapFile = join(folder, 'heap.jsonl');
  const talking = await startAcceptanceServer(
    [
      'load.target=off',
      'log.file=chorus.log',
      `log.file_max_mb=${LOG_FILE_BYTES / 1e6}`,
      `log.file_count=${LOG_FILES}`,
      'log.transcripts=false',
    ],
    heapSizes(heapFile),
    'package',
  );
  const { server } = talking;
  console.log(`server ${server.pid}, ${server.dataDir}; heap in ${heapFile}; kill -USR2 writes a heap snapshot`);
  const over = new AbortController();
  try {
    const series = new SoakSeries(server.pid, server.dataDir);
    const startedWallMs = systemClock.wallMs();
    const { talk, loads, reloads } = await talkAndReload(talking, series, over, devices, minutes);
    const heap = readHeap(heapFile).map((point) => ({ ...point, atMs: point.atMs - startedWallMs }));
    const judged = [...series.processes].filter(([, points]) => points.length > series.samples / 2);
    const trends = trendsOf(judged, heap);
    return report(
      `soak-${devices}`,
      [
        loadLine(loads),
        { what: 'talked for', value: `${((talk.elapsedMs - 15_000) / MINUTE_MS).toFixed(0)} min, ${devices} devices` },
        ...trendLines(trends),
        ...logLines(series, server.dataDir),
        ...talkLines(talk, reloads),
        { what: 'came and went', value: passing(series, judged) },
      ],
      {
        besideOtherWork: true,
        devices,
        minutes,
        trends,
        method:
          'block means of one minute after the first 15 minutes; Prais-Winsten with AR(1) errors, ' +
          '95 % interval by Student (bench/trend.ts)',
        minutesOf: Object.fromEntries(judged.map(([name, points]) => [name, minuteMeans(points)])),
        heap: minuteHeap(heap),
        loads,
        ...fileSizes(series),
        reloads,
        totals: talk.totals,
        failed: talk.turns.filter(hasFailed),
      },
    );
  } finally {
    over.abort();
    await talking.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function talkAndReload(
  talking: AcceptanceServer,
  series: SoakSeries,
  over: AbortController,
  devices: number,
  minutes: number,
) {
  const loads: number[] = [];
  const reloads: DoneReload[] = [];
  const reload = async (): Promise<void> => {
    loads.push(loadavg()[0] ?? Number.NaN);
    if (series.elapsedMs < MINUTE_MS / 2) return;
    const way = reloads.length % 2 === 0 ? 'SIGHUP' : 'apply';
    const done = await reloadOnce(talking.server, reloads.length + 1, way);
    reloads.push(done);
    const main = series.processes.get('main')?.at(-1);
    console.log(
      `${(series.elapsedMs / MINUTE_MS).toFixed(1)} min  ` +
        `main ${((main?.rssBytes ?? 0) / MB).toFixed(0)} MB, ${main?.openFiles} ` +
        `descriptors  ${done.way} ${done.tookMs.toFixed(0)} ms ${done.wrong ?? ''}`,
    );
  };
  const sampling = every(SAMPLE_EVERY_MS, over.signal, () => series.sample());
  const reloading = every(SETTLING_RELOAD_MS, over.signal, reload, SETTLE_MS).then(() =>
    every(MINUTE_MS, over.signal, reload),
  );
  const talk = await talking.fleet({
    scenario: 'steady',
    devices,
    firstDevice: 0,
    durationMs: minutes * MINUTE_MS,
    queues: MIXED_QUEUES,
  });
  over.abort();
  await Promise.all([sampling, reloading]);
  return { talk, loads, reloads };
}

type Series = readonly (readonly [string, readonly ProcessPoint[]])[];

function trendsOf(judged: Series, heap: readonly HeapPoint[]) {
  return judged.map(([name, points]) => ({
    name,
    ...figures(points),
    ...(name === 'main' && {
      heapUsed: trendAfter(heap.map(({ atMs, heapUsed }) => ({ atMs, value: heapUsed / MB }))),
    }),
  }));
}

function trendLines(trends: ReturnType<typeof trendsOf>): Line[] {
  return [
    ...trends.flatMap(({ name, resident, anonymous, rss, openFiles, pids }) => [
      slopeLine(`${name}: resident memory after 15 min`, resident, rss),
      slopeLine(`${name}: of that, anonymous`, anonymous),
      {
        what: `${name}: descriptors first, last, most`,
        value:
          `${openFiles.first}, ${openFiles.last}, ${openFiles.most} (middle of the minutes 2 to ` +
          `5: ${openFiles.early}; of the last five: ${openFiles.late})`,
        bound: `at most ${MORE_FILES} more`,
        holds: openFiles.late <= openFiles.early + MORE_FILES,
      },
      { what: `${name}: processes of that role`, value: String(pids), bound: 'one', holds: pids === 1 },
    ]),
    ...trends.flatMap(({ heapUsed, name }) =>
      heapUsed ? [slopeLine(`${name}: V8's heap in use after 15 min`, heapUsed)] : [],
    ),
  ];
}

function loadLine(loads: readonly number[]): Line {
  return {
    what: 'this was measured',
    value:
      `beside other work: load of the machine ${Math.min(...loads).toFixed(1)} ` +
      `to ${Math.max(...loads).toFixed(1)} on its cores; sound is printed, not judged`,
  };
}

/** The roles of processes that existed for less than half of the measured time. */
function passing(series: SoakSeries, judged: Series): string {
  const names = [...series.processes.keys()].filter((name) => !judged.some(([other]) => other === name));
  return names.join(', ') || 'none';
}

function logLines({ logBytes }: SoakSeries, dataDir: string): Line[] {
  const limitMb = (LOG_FILE_BYTES * LOG_FILES * LOG_SLACK) / 1e6;
  return [
    atMost('log files, most', Math.max(...logBytes) / 1e6, limitMb, 'MB', 2),
    atMost('lines of the log with what people said', linesWithSpeech(dataDir), 0, ''),
  ];
}

function fileSizes({ logBytes, dataBytes }: SoakSeries) {
  return {
    logBytes: { first: logBytes[0], last: logBytes.at(-1), most: Math.max(...logBytes) },
    dataBytes: { first: dataBytes[0], last: dataBytes.at(-1) },
  };
}

function talkLines({ totals, own, valid, reasons }: FleetResult, reloads: readonly DoneReload[]): Line[] {
  const wrong = reloads.filter((done) => done.wrong !== undefined).length;
  return [
    atMost('reloads that did not take effect', wrong, 0, `of ${reloads.length}`),
    {
      what: 'turns',
      value: `${totals.turns}, of them complete ${totals.complete}: ${JSON.stringify(totals.outcomes)}`,
    },
    {
      what: 'underruns',
      value: `${totals.underruns}; violations of the protocol ${JSON.stringify(totals.violations)}`,
    },
    {
      what: 'the fleet itself',
      value: valid ? `in time, ${own.cpuCores} cores` : reasons.map(({ detail }) => detail).join('; '),
    },
  ];
}

/** True if the turn went wrong. A turn during which the fleet itself stood still proves nothing about the server. */
function hasFailed({ warmup, complete, underruns, violations, standstillMs }: FleetTurn): boolean {
  return !warmup && standstillMs === undefined && (!complete || underruns.length > 0 || violations !== undefined);
}

/** Runs `work` at once and then at each interval. Ends after `forMs` or when the signal is aborted. */
async function every(
  periodMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
  forMs = Infinity,
): Promise<void> {
  const startedMs = systemClock.nowMs();
  try {
    for (let dueMs = startedMs; !signal.aborted && dueMs < startedMs + forMs; dueMs += periodMs) {
      await work();
      await sleep(systemClock, Math.max(0, dueMs + periodMs - systemClock.nowMs()), signal);
    }
  } catch (error) {
    if (!signal.aborted && !isCancelled(error)) throw error;
  }
}

function trendAfter(readings: readonly Reading[]): Trend | undefined {
  return trendOf(
    readings.filter(({ atMs }) => atMs >= SETTLE_MS),
    MINUTE_MS,
  );
}

function figures(points: readonly ProcessPoint[]) {
  const within = (fromMs: number, toMs: number): number[] =>
    points.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ openFiles }) => openFiles);
  const endMs = points.at(-1)?.atMs ?? 0;
  const of = (value: (point: ProcessPoint) => number): Reading[] =>
    points.map((point) => ({ atMs: point.atMs, value: value(point) / MB }));
  const files = points.map(({ openFiles }) => openFiles);
  return {
    resident: trendAfter(of(({ rssBytes }) => rssBytes)),
    anonymous: trendAfter(of(({ anonymousBytes }) => anonymousBytes)),
    rss: {
      first: (points[0]?.rssBytes ?? 0) / MB,
      last: (points.at(-1)?.rssBytes ?? 0) / MB,
      most: Math.max(...points.map(({ rssBytes }) => rssBytes)) / MB,
    },
    openFiles: {
      first: files[0],
      last: files.at(-1),
      most: Math.max(...files),
      early: median(within(MINUTE_MS, 5 * MINUTE_MS)),
      late: median(within(endMs - 5 * MINUTE_MS, Infinity)),
    },
    pids: new Set(points.map(({ pid }) => pid)).size,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A slope counts as growth if its interval is above zero. */
function slopeLine(
  what: string,
  trend: Trend | undefined,
  size?: { readonly first: number; readonly last: number; readonly most: number },
): Line {
  const sizes = size
    ? `; ${size.first.toFixed(0)} MB at first, ${size.last.toFixed(0)} at last, at most ${size.most.toFixed(0)}`
    : '';
  if (!trend) return { what, value: `too short for a slope${sizes}` };
  const signed = (value: number): string => (value >= 0 ? '+' : '') + value.toFixed(2);
  return {
    what,
    value: `${signed(trend.perHour)} MB/h, 95 %: ${signed(trend.low)} to ${signed(trend.high)}${sizes}`,
    bound: 'zero within',
    holds: trend.low <= 0,
  };
}

function minuteMeans(points: readonly ProcessPoint[]) {
  const by = new Map<number, ProcessPoint[]>();
  for (const point of points)
    by.set(Math.floor(point.atMs / MINUTE_MS), [...(by.get(Math.floor(point.atMs / MINUTE_MS)) ?? []), point]);
  const mean = (list: readonly ProcessPoint[], of: (point: ProcessPoint) => number): number =>
    Math.round(list.reduce((sum, point) => sum + of(point), 0) / list.length);
  return [...by].map(([minute, list]) => ({
    minute,
    rssKb: mean(list, ({ rssBytes }) => rssBytes / 1024),
    anonymousKb: mean(list, ({ anonymousBytes }) => anonymousBytes / 1024),
    pssKb: mean(list, ({ pssBytes }) => (pssBytes ?? 0) / 1024),
    openFiles: Math.max(...list.map(({ openFiles }) => openFiles)),
  }));
}

function readHeap(file: string): HeapPoint[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as HeapPoint);
}

function minuteHeap(heap: readonly HeapPoint[]) {
  return heap
    .filter((_, at) => at % 12 === 0)
    .map(({ atMs, heapUsed, heapTotal, external, arrayBuffers }) => ({
      minute: Math.round(atMs / 6000) / 10,
      heapUsedKb: heapUsed >> 10,
      heapTotalKb: heapTotal >> 10,
      externalKb: external >> 10,
      arrayBuffersKb: arrayBuffers >> 10,
    }));
}

function linesWithSpeech(dataDir: string): number {
  return readdirSync(dataDir)
    .filter((name) => name.endsWith('.log'))
    .reduce(
      (sum, name) =>
        sum +
        readFileSync(join(dataDir, name), 'utf8')
          .split('\n')
          .filter((line) => line.includes('"pii')).length,
      0,
    );
}
