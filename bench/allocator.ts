/**
 * Compares settings of the memory allocator for the recognition process. Each setting gets a fresh process and the same
 * decodes in the same order, two at a time. The model costs what SenseVoice costs. Prints resident memory after
 * each step, the peak, and CPU time.
 *
 *   npm run build && npx tsx bench/allocator.ts [SETTING ...]
 *
 * A setting takes about half a minute. Results: docs/adr/0027-allocator.md.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COST_MODEL, writeCostModel } from '../src/measure/bench/cost-model/index.js';
import {
  noMetrics,
  type Random,
  Scope,
  seededRandom,
  silentLogger,
  sleep,
  systemClock as clock,
} from '../src/core/index.js';
import { concatInt16, parseWav, LISTEN_RATE_HZ } from '../src/audio/index.js';
import { createModelStore, type InstalledModel } from '../src/engines/index.js';
import { type BareEngine, cpuMsOf, startBareEngine } from './engine-process.js';
import { report, type Line } from './results.js';

const JEMALLOC = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/libjemalloc.so.2`;
const malloc = (arenas: number, thresholdKb: number): Readonly<Record<string, string>> => ({
  MALLOC_ARENA_MAX: String(arenas),
  MALLOC_MMAP_THRESHOLD_: String(thresholdKb * 1024),
  MALLOC_TRIM_THRESHOLD_: String(1024 * 1024),
});
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'glibc as it comes': {},
  '1 arena': { MALLOC_ARENA_MAX: '1' },
  '2 arenas': { MALLOC_ARENA_MAX: '2' },
  '2 arenas, 4 MB': malloc(2, 4096),
  '2 arenas, 1 MB': malloc(2, 1024),
  '2 arenas, 256 KB': malloc(2, 256),
  '2 arenas, 128 KB': malloc(2, 128),
  ...(existsSync(JEMALLOC) && { jemalloc: { LD_PRELOAD: JEMALLOC } }),
};
const SLOTS = 2;
/** Pause in which the allocator returns unused memory to the system. */
const REST_MS = 1200;

const lengths = (random: Random, count: number, fromS: number, toS: number): readonly number[] =>
  Array.from({ length: count }, () => fromS + random() * (toS - fromS));
/**
 * The last step has lengths as in the first, to show what memory the long decodes left behind. The step of 30 s is
 * longer than any piece that the server decodes.
 */
const steps = (random: Random): readonly { readonly what: string; readonly seconds: readonly number[] }[] => [
  { what: '2 to 6 s', seconds: lengths(random, 32, 2, 6) },
  { what: '8 to 15 s', seconds: lengths(random, 8, 8, 15) },
  { what: '15 s', seconds: lengths(random, 6, 15, 15) },
  { what: '30 s', seconds: lengths(random, 4, 30, 30) },
  { what: '2 to 6 s again', seconds: lengths(random, 16, 2, 6) },
];

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SETTINGS);
const directory = await mkdtemp(join(tmpdir(), 'chorus-allocator-'));
const scope = new Scope('bench', (name, error) => console.error(name, error));
const speech = concatInt16(
  ['0870', '0880', '0890', '0920', '0930'].map(
    (id) => parseWav(readFileSync(new URL(`../assets/speech/austen-${id}.wav`, import.meta.url))).pcm,
  ),
);
try {
  await writeCostModel(directory, { weights: 'uint8', clock });
  const store = await createModelStore({
    clock,
    log: silentLogger,
    metrics: noMetrics,
    scope,
    directory,
    locale: 'world',
    mirrors: [],
  });
  const installed = store.installed(COST_MODEL);
  if (!installed) throw new TypeError('the model is not installed');
  const all: Line[] = [];
  for (const name of wanted) {
    const env = SETTINGS[name];
    if (!env) throw new TypeError(`no such setting: ${name} (${Object.keys(SETTINGS).join(', ')})`);
    const line = { what: name, value: await measure(installed, env) };
    console.log(`${line.what}: ${line.value}`);
    all.push(line);
  }
  report('allocator', all, {
    settings: Object.fromEntries(wanted.map((name) => [name, SETTINGS[name]])),
  });
} finally {
  await scope.close();
  await rm(directory, { recursive: true, force: true });
}

async function measure(installed: InstalledModel, env: Readonly<Record<string, string>>): Promise<string> {
  // The server's own spawn function is not used here, because it also applies other settings.
  const child = await startBareEngine(installed, { env: { UV_THREADPOOL_SIZE: String(SLOTS), ...env } });
  try {
    const random = seededRandom(7, 'lengths');
    const parts = [`loaded ${residentMb(child, 'VmRSS')} MB`];
    for (const { what, seconds } of steps(random)) {
      const [startedCpuMs, left] = [cpuMsOf(child), [...seconds]];
      const one = async (): Promise<void> => {
        for (let length = left.shift(); length !== undefined; length = left.shift()) {
          await child.call({ pcm: pieceOf(speech, length, random) });
        }
      };
      await Promise.all(Array.from({ length: SLOTS }, one));
      await sleep(clock, REST_MS);
      const cost = (cpuMsOf(child) - startedCpuMs) / seconds.reduce((sum, length) => sum + length, 0);
      parts.push(`${what} ${residentMb(child, 'VmRSS')} MB, ${cost.toFixed(1)} ms/s`);
    }
    return [...parts, `peak ${residentMb(child, 'VmHWM')} MB`].join('; ');
  } finally {
    child.kill();
  }
}

function pieceOf(audio: Int16Array, seconds: number, random: Random): Int16Array {
  const pcm = new Int16Array(Math.round(seconds * LISTEN_RATE_HZ));
  const from = Math.floor(random() * audio.length);
  for (let at = 0, read = from; at < pcm.length; read = 0) {
    const part = audio.subarray(read, read + pcm.length - at);
    pcm.set(part, at);
    at += part.length;
  }
  return pcm;
}

function residentMb(child: BareEngine, field: 'VmRSS' | 'VmHWM'): string {
  const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return (Number(kilobytes) / 1024).toFixed(0);
}
