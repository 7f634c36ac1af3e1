import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { concatInt16, parseWav, LISTEN_RATE_HZ } from '../src/audio/index.js';
import { alignedRows, noMetrics, Scope, silentLogger, systemClock as clock } from '../src/core/index.js';
import {
  type AsrAnswer,
  CATALOGUE,
  createModelStore,
  findModel,
  type InstalledModel,
  PINNED_SHERPA,
  type SpeechRuntime,
  speechRuntime,
  type TtsAnswer,
} from '../src/engines/index.js';
import { fitted, writeCostModel } from '../src/measure/bench/cost-model/index.js';
import { percentile } from '../src/measure/statistics.js';
import { costVoice, costVoiceText } from './cost-voice.js';
import { type BareEngine, cpuMsOf, startBareEngine } from './engine-process.js';
import { EXACT_CASES, EXACT_SECONDS, exactIntegers, inexact } from './exact-integers.js';
import { type Line, report } from './results.js';

const LENGTHS_S = [1, 2, 5, 10];
const REPEATS = 7;
/** CPU time of a voice run. At this length, ticks of 10 ms are accurate to 1 %. */
const VOICE_MS = 1000;
const CLIPS = ['0870', '0880', '0890', '0920', '0930'];
const INSTALL_MS = 300_000;
const HOOK = fileURLToPath(new URL('other-sherpa.cjs', import.meta.url));

interface Work {
  /** Name of the model and its weight type. */
  readonly name: string;
  readonly installed: InstalledModel;
}

/** Measurements of one runtime with one model. CPU times are in ms. */
interface Measured {
  readonly work: string;
  /** Lowest cost of a second of speech. Recognition is measured with utterances of 5 s. */
  readonly leastMs: number;
  /** Median cost of a second of speech. */
  readonly medianMs: number;
  /** Intercept of a line through the lowest cost of each length. Only recognition has it. */
  readonly overheadMs?: number;
  /** Slope of this line. Only recognition has it. */
  readonly msPerAudioSecond?: number;
  /** Recognised text of each clip. Only recognition has it. */
  readonly texts: readonly string[];
}

interface Version {
  readonly asked: string;
  readonly runtime: SpeechRuntime;
  /** Products whose integers were wrong, in words. */
  readonly inexact: readonly string[];
  readonly measured: readonly Measured[];
  /** Models that this version could not run, in words. */
  readonly failures: readonly string[];
}

const clips = CLIPS.map(
  (id) => parseWav(readFileSync(new URL(`../assets/speech/austen-${id}.wav`, import.meta.url))).pcm,
);
const speech = concatInt16(clips);

/**
 * `npm run bench -- runtimes [VERSION ...]` compares versions of sherpa-onnx-node, one process with one thread at a
 * time. Measures the cost of recognition and of a voice. Checks whether integer products are exact on this CPU, and
 * whether the recognised text is the same. No other bench accesses the package registry.
 */
export async function runtimes(wanted: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-bench-'));
  const scope = new Scope('bench', (name, error) => console.error(name, error));
  const lines: Line[] = [];
  const versions: Version[] = [];
  try {
    const works = await allWorks(folder, scope);
    for (const version of wanted.length > 0 ? wanted : [PINNED_SHERPA]) {
      try {
        const packages = await install(version, folder);
        versions.push(await measureVersion(version, packages, works, folder));
      } catch (error) {
        lines.push({ what: version, value: `cannot be had or run: ${reasonOf(error)}`, holds: false });
      }
    }
  } finally {
    await scope.close();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\nCPU of a second of speech, one thread, the least of ${REPEATS} (ms)\n${table(versions)}`);
  return report('runtimes', [...lines, ...versions.flatMap((one) => linesOf(one, versions[0]))], {
    cpu: cpuFlags(),
    repeats: REPEATS,
    versions,
  });
}

/**
 * Installs a version below the folder, and resolves with its own folder. Rejects with a sentence if the registry lacks
 * the version for this platform.
 */
async function install(version: string, below: string): Promise<string> {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('not an exact version');
  const folder = join(below, `sherpa-${version}`);
  mkdirSync(folder, { recursive: true });
  // This file makes npm install into this folder, and not into a folder above it.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const packages = ['sherpa-onnx-node', (await speechRuntime()).library].map((name) => `${name}@${version}`);
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...packages];
  try {
    await promisify(execFile)('npm', args, { cwd: folder, timeout: INSTALL_MS });
  } catch (error) {
    const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(/No matching version[^\n]*|notarget[^\n]*|npm error[^\n]*/.exec(text)?.[0] ?? text.slice(0, 300), {
      cause: error,
    });
  }
  const { addon, library, version: found } = await speechRuntime(join(folder, 'x.js'));
  if (addon !== version || found !== version)
    throw new Error(`sherpa-onnx-node is ${addon ?? 'not there'} and ${library} is ${found ?? 'not there'}`);
  return folder;
}

/**
 * The cost model with both weight types, the recognition models and voices that come with Chorus or are in
 * `data/models`, and a generated voice.
 */
async function allWorks(folder: string, scope: Scope): Promise<readonly Work[]> {
  const common = { clock, log: silentLogger, metrics: noMetrics, scope, locale: 'world', mirrors: [] } as const;
  const store = await createModelStore({ ...common, directory: join('data', 'models') });
  const forms: Work[] = [];
  for (const weights of ['uint8', 'int8'] as const)
    forms.push({
      name: `sensevoice-cost ${weights}`,
      installed: await writeCostModel(join(folder, weights), { weights, clock }),
    });
  const here = CATALOGUE.flatMap(({ id, kind }) => {
    if ((kind !== 'asr' && kind !== 'tts') || id === 'sensevoice-cost') return [];
    const installed = store.installed(id);
    return installed ? [{ name: id, installed }] : [];
  });
  const voice = await written(folder, scope, 'vits-cost', costVoice(), {
    kind: 'tts',
    spec: { family: 'vits', model: 'model.onnx', tokens: 'tokens.txt', lexicon: ['lexicon.txt'] },
  });
  return [...forms, ...here, { name: 'generated VITS voice', installed: voice }];
}

/** Writes a generated model in the form of an installed one. */
async function written(
  folder: string,
  scope: Scope,
  id: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  like: Partial<InstalledModel['model']>,
): Promise<InstalledModel> {
  const source = join(folder, `${id}-source`);
  mkdirSync(source);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(source, name), content);
  const model = {
    ...findModel('sense-voice-int8'),
    ...like,
    id,
    downloadBytes: 0,
    files: Object.keys(files).map((name) => ({ name })),
  } as InstalledModel['model'];
  const common = { clock, log: silentLogger, metrics: noMetrics, scope, locale: 'world', mirrors: [] } as const;
  const store = await createModelStore({ ...common, directory: join(folder, id), catalogue: [model] });
  return store.pull(id, { file: source });
}

async function measureVersion(
  asked: string,
  packages: string,
  works: readonly Work[],
  folder: string,
): Promise<Version> {
  const open = (installed: InstalledModel): Promise<BareEngine> =>
    startBareEngine(installed, {
      env: { UV_THREADPOOL_SIZE: '1', CHORUS_BENCH_SHERPA: packages },
      execArgv: ['--require', HOOK],
    });
  const use = async <T>(installed: InstalledModel, work: (engine: BareEngine) => Promise<T>): Promise<T> => {
    const engine = await open(installed);
    try {
      return await work(engine);
    } finally {
      engine.kill();
    }
  };
  const scope = new Scope('exact', (name, error) => console.error(name, error));
  const exact = await written(
    mkdtempSync(join(folder, 'exact-')),
    scope,
    'exact',
    { 'model.int8.onnx': exactIntegers().model, 'tokens.txt': exactIntegers().tokens },
    {},
  );
  await scope.close();
  const wrong = await use(exact, async (engine) => inexact((await hear(engine, speechOf(EXACT_SECONDS))).text));
  const measured: Measured[] = [];
  const failures: string[] = [];
  for (const { name, installed } of works) {
    try {
      const one = await use(installed, (engine) =>
        installed.model.kind === 'tts' ? measureVoice(name, engine) : measureRecognition(name, engine),
      );
      console.log(`${asked}: ${name}: ${one.leastMs.toFixed(1)} ms`);
      measured.push(one);
    } catch (error) {
      failures.push(`${name}: ${reasonOf(error)}`);
    }
  }
  return { asked, runtime: await speechRuntime(join(packages, 'x.js')), inexact: wrong, measured, failures };
}

const hear = (engine: BareEngine, pcm: Int16Array): Promise<AsrAnswer> => engine.call<AsrAnswer>({ pcm });

async function measureRecognition(work: string, engine: BareEngine): Promise<Measured> {
  const texts: string[] = [];
  for (const pcm of clips) texts.push((await hear(engine, pcm)).text);
  const times = new Map(LENGTHS_S.map((seconds) => [seconds, [] as number[]]));
  for (const seconds of LENGTHS_S) await hear(engine, speechOf(seconds)); // The first decode allocates memory.
  // All lengths are measured in each round, so that a disturbance affects all of them.
  for (let round = 0; round < REPEATS; round++)
    for (const [seconds, list] of times) list.push((await hear(engine, speechOf(seconds))).processCpuMs);
  const { overheadMs, msPerAudioSecond } = fitted(
    [...times].map(([seconds, list]) => ({ audioMs: seconds * 1000, cpuMs: Math.min(...list) })),
  );
  const five = times.get(5) ?? [];
  return {
    work,
    leastMs: Math.min(...five) / 5,
    medianMs: percentile(five, 0.5) / 5,
    overheadMs,
    msPerAudioSecond,
    texts,
  };
}

async function measureVoice(work: string, engine: BareEngine): Promise<Measured> {
  const say = (characters: number): Promise<TtsAnswer> =>
    engine.call<TtsAnswer>({ stream: 1, text: `${costVoiceText(characters)}。`, speaker: undefined, speed: 1 });
  await say(20);
  const times: number[] = [];
  for (let round = 0; round < REPEATS; round++) {
    const before = cpuMsOf(engine);
    let seconds = 0;
    while (cpuMsOf(engine) - before < VOICE_MS) {
      const { samples, sampleRateHz } = await say(20);
      seconds += samples / sampleRateHz;
    }
    times.push((cpuMsOf(engine) - before) / seconds);
  }
  return { work, leastMs: Math.min(...times), medianMs: percentile(times, 0.5), texts: [] };
}

function speechOf(seconds: number): Int16Array {
  const pcm = new Int16Array(seconds * LISTEN_RATE_HZ);
  for (let at = 0; at < pcm.length; at += speech.length) pcm.set(speech.subarray(0, pcm.length - at), at);
  return pcm;
}

function table(versions: readonly Version[]): string {
  const names = versions[0]?.measured.map(({ work }) => work) ?? [];
  const rows = [
    ['', ...versions.map(({ asked, runtime }) => `${asked} (${runtime.onnxRuntime ?? '?'})`)],
    ...names.map((name) => [
      name,
      ...versions.map(({ measured }) => measured.find(({ work }) => work === name)?.leastMs.toFixed(1) ?? '-'),
    ]),
  ];
  return alignedRows(rows)
    .map((row) => `  ${row}`)
    .join('\n');
}

function linesOf({ asked, runtime, inexact: wrong, measured, failures }: Version, first: Version | undefined): Line[] {
  return [
    { what: `${asked}: ONNX Runtime inside`, value: runtime.onnxRuntime ?? 'not found in the library' },
    {
      what: `${asked}: integers of quantised products`,
      value: wrong.length === 0 ? `exact in all ${EXACT_CASES.length} cases` : wrong.join('; '),
      holds: wrong.length === 0,
    },
    ...failures.map((value) => ({ what: `${asked}: not run`, value, holds: false })),
    ...measured.map(({ work, leastMs, medianMs, overheadMs, msPerAudioSecond }) => ({
      what: `${asked}: ${work}`,
      value:
        `${leastMs.toFixed(1)} ms/s (median ${medianMs.toFixed(1)})` +
        (overheadMs === undefined
          ? ''
          : `, by length ${overheadMs.toFixed(0)} ms + ${msPerAudioSecond?.toFixed(1)} ms/s`),
    })),
    ...(first === undefined || first.asked === asked ? [] : measured.map((one) => textsLine(asked, one, first))),
  ].filter(({ value }) => value !== '');
}

function textsLine(asked: string, { work, texts }: Measured, first: Version): Line {
  const before = first.measured.find((one) => one.work === work)?.texts ?? [];
  const differing = texts.flatMap((text, at) =>
    text === before[at] ? [] : [`${CLIPS[at]}: "${before[at] ?? ''}" became "${text}"`],
  );
  const value = texts.length === 0 ? '' : differing.length === 0 ? 'equal' : differing.join('; ');
  return { what: `${asked}: ${work}: texts of ${CLIPS.length} clips, against ${first.asked}`, value };
}

/** CPU features by which the runtime chooses its kernels. In a virtual machine, the CPU's name does not reveal them. */
function cpuFlags(): object {
  let info = '';
  try {
    info = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return {}; // Only Linux has this file. The machine's name is in the report.
  }
  const field = (name: string): string => new RegExp(`^${name}\\s*:\\s*(.+)$`, 'm').exec(info)?.[1] ?? '';
  const flags = field('flags').split(' ');
  return {
    name: field('model name'),
    family: field('cpu family'),
    model: field('model'),
    stepping: field('stepping'),
    flags: flags.filter((flag) => /^(?:avx|amx|fma|f16c|sse4)/.test(flag)),
  };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
