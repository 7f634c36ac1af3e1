import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createLogUpdate } from 'log-update';
import {
  benchDocument,
  CAPACITY_BUDGET_MS,
  compareResults,
  comparisonLines,
  findCapacity,
  liveLine,
  liveTable,
  MIXED_QUEUES,
  noNumber,
  parseBenchResult,
  runBench,
  SERVICE_LEVEL,
  stepLine,
  verdictLines,
  type BenchContext,
  type BenchResult,
  type Live,
  type RunOptions,
} from '../measure/bench/index.js';
import { ChorusError, Scope, translatedError } from '../core/index.js';
import { FLEET_DEFAULTS, isScenario, PERCENTILES_FROM, runFleet, SCENARIOS } from '../measure/fleet/index.js';
import { renderHtml } from '../measure/report/index.js';
import { readLocalToken } from '../http/index.js';
import { packageVersion, type CliContext } from './context.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { BENCH_MESSAGES } from './messages/bench.js';
import { standInsOf, twoNumbers, type StandInFlags } from './stand-in-flags.js';

export interface BenchFlags extends StandInFlags {
  readonly devices: number;
  readonly duration: number;
  readonly warmup: number;
  readonly scenario: string;
  readonly asr: string;
  readonly llm: 'stand-in' | 'offline';
  readonly tts: string;
  readonly queue: '5' | '20' | '40' | 'mix';
  readonly language: string;
  readonly set: readonly string[];
  readonly json?: string;
  readonly html?: string;
  readonly findCapacity?: true;
  readonly maxDevices: number;
  readonly compare?: string;
  readonly baseline?: 'kernels';
  readonly url?: string;
  readonly pid?: number;
  readonly data: string;
  readonly cpuTarget: number;
  readonly firstSound: string;
  readonly launcher?: string;
}

/** 0, 1 and 2 of `chorus bench`: it holds, it does not, nothing can be said. */
const CODES = { holds: EXIT.ok, missed: EXIT.failed, invalid: EXIT.invalid } as const;

function codeOf(result: BenchResult): ExitCode {
  const { verdict, capacity } = result;
  if (!capacity) return CODES[verdict.outcome];
  if (noNumber(result)) return CODES.invalid;
  return capacity.devices === 0 ? CODES.missed : capacity.confirmed ? CODES.holds : CODES.invalid;
}

const PLAIN_EVERY_MS = 10_000;

/** `chorus bench`. */
export async function runBenchCommand(flags: BenchFlags, context: CliContext): Promise<ExitCode> {
  const { language, colours, out } = context;
  const options = runOptions(flags, context);
  // Read before anything is measured: a wrong file must not cost ten minutes.
  const base = flags.compare === undefined ? undefined : parseBenchResult(await readBase(flags.compare), flags.compare);
  const live = liveView(context);
  const scope = new Scope('bench', (name, error) =>
    context.err(`${name}: ${error instanceof Error ? error.message : String(error)}\n`),
  );
  const bench: BenchContext = {
    clock: context.clock,
    env: context.env,
    scope,
    signal: context.interrupted,
    modelsDir: join(resolve(flags.data), 'models'),
    chorus: packageVersion(),
    command: commandLine(process.argv.slice(2)),
    ...(flags.launcher !== undefined && { launcher: flags.launcher.split(/\s+/).filter(Boolean) }),
    localToken: readLocalToken,
    runFleet,
    onLive: (now) => live.show(now),
  };
  let result: BenchResult;
  try {
    result = await measure(flags, options, bench, context, (line) => live.say(line));
  } finally {
    live.end();
    // Also after Ctrl+C: nothing that was started outlives the command.
    await scope.close('bench over');
  }
  if (flags.json !== undefined) await write(flags.json, `${JSON.stringify(result, null, 1)}\n`, context);
  const comparison = base && compareResults(base, result);
  if (flags.html !== undefined)
    await write(flags.html, renderHtml(benchDocument(result, comparison, context.clock.wallMs())), context);
  for (const { text, outcome } of verdictLines(result, language))
    out(`${outcome === 'missed' ? colours.red(text) : outcome === 'unknown' ? colours.dim(text) : text}\n`);
  if (comparison) for (const line of comparisonLines(comparison, language)) out(`${line}\n`);
  return codeOf(result);
}

/** One run, or the search for the capacity. */
async function measure(
  flags: BenchFlags,
  options: RunOptions,
  bench: BenchContext,
  context: CliContext,
  say: (line: string) => void,
): Promise<BenchResult> {
  const words = BENCH_MESSAGES[context.language];
  // What kernels a server elsewhere has is not known.
  if (flags.baseline !== undefined && flags.url !== undefined)
    throw translatedError('bench.bad_input', words.badValue('--baseline', flags.baseline, words.notWithUrl));
  if (flags.findCapacity) {
    if (flags.url !== undefined)
      throw translatedError('bench.bad_input', words.badValue('--find-capacity', '', words.notWithUrl));
    return findCapacity(
      {
        run: options,
        maxDevices: flags.maxDevices,
        budgetMs: CAPACITY_BUDGET_MS,
        onTrial: ({ kind, devices }) => say(words.trial[kind](devices)),
        onStep: (step) => say(stepLine(step, context.language)),
      },
      bench,
    );
  }
  say(words.running(options.devices, options.scenario, flags.duration));
  return runBench(
    options,
    bench,
    flags.url === undefined
      ? undefined
      : { otaUrl: flags.url, localToken: await readLocalToken(flags.data), pid: flags.pid },
  );
}

function runOptions(flags: BenchFlags, context: CliContext): RunOptions {
  const { badValue } = BENCH_MESSAGES[context.language];
  if (!isScenario(flags.scenario))
    throw translatedError('bench.bad_input', badValue('--scenario', flags.scenario, SCENARIOS.join(', ')));
  const [firstSoundP50Ms, firstSoundP95Ms] = twoNumbers(flags.firstSound, '--first-sound', context);
  return {
    devices: flags.devices,
    durationMs: flags.duration * 1000,
    warmupMs: flags.warmup * 1000,
    scenario: flags.scenario,
    seed: flags.seed,
    queues: flags.queue === 'mix' ? MIXED_QUEUES : [Number(flags.queue)],
    framings: FLEET_DEFAULTS.framings,
    language: flags.language,
    asr: flags.asr,
    llm: flags.llm,
    tts: flags.tts,
    standIns: standInsOf(flags, context),
    settings: flags.set,
    serviceLevel: { ...SERVICE_LEVEL, firstSoundP50Ms, firstSoundP95Ms, cpuShare: flags.cpuTarget },
    kernels: flags.baseline === 'kernels',
    minTurns: PERCENTILES_FROM,
  };
}

interface LiveView {
  show(live: Live): void;
  /** A line that stays. */
  say(line: string): void;
  end(): void;
}

/** On a terminal a table that is drawn over; elsewhere a line every ten seconds. */
function liveView(context: CliContext): LiveView {
  const { language, clock, err } = context;
  if (process.stderr.isTTY) {
    const draw = createLogUpdate(process.stderr);
    return {
      show: (live) => draw(liveTable(live, language)),
      say: (line) => {
        draw.clear();
        err(`${line}\n`);
      },
      end: () => draw.clear(),
    };
  }
  let toldMs = -Infinity;
  let stage = '';
  return {
    show(live) {
      if (live.stage === stage && clock.nowMs() - toldMs < PLAIN_EVERY_MS) return;
      stage = live.stage;
      toldMs = clock.nowMs();
      err(`${liveLine(live, language)}\n`);
    },
    say: (line) => err(`${line}\n`),
    end: () => undefined,
  };
}

async function readBase(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ChorusError(
      'bench.bad_input',
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      { cause: error },
    );
  }
}

async function write(file: string, text: string, context: CliContext): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new ChorusError(
      'data.not_writable',
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      { cause: error },
    );
  }
  context.err(BENCH_MESSAGES[context.language].wrote(file));
}

/** As it can be typed again. */
function commandLine(args: readonly string[]): string {
  return [
    'chorus',
    ...args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)),
  ].join(' ');
}
