import { InvalidArgumentError, Option, type Command } from 'commander';
import { collect, type DefineCommand } from '../command.js';
import { runMakeModel } from './bench-make-model.js';
import { runStandIns } from './bench-stand-ins.js';
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
} from '../../measure/bench/index.js';
import { ChorusError, Scope, translatedError } from '../../core/index.js';
import { FLEET_DEFAULTS, isScenario, PERCENTILES_FROM, runFleet, SCENARIOS } from '../../measure/fleet/index.js';
import { renderHtml } from '../../measure/report/index.js';
import { readLocalToken } from '../../http/index.js';
import { packageVersion, type CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { benchWords } from '../words/bench.js';
import { standInsOf, twoNumbers, type StandInFlags } from './bench-stand-in-flags.js';

const FIRST_SOUND = `${SERVICE_LEVEL.firstSoundP50Ms},${SERVICE_LEVEL.firstSoundP95Ms}`;

export const define: DefineCommand = (bench, { context, below, dataOption, run }) => {
  const help = benchWords[context.language];
  bench
    .option('--devices <n>', help.devices, from(1, help.wholeNumber), 10)
    .option('--duration <s>', help.duration, from(1, help.wholeNumber), 120)
    .option('--warmup <s>', help.warmup, from(0, help.wholeNumber), 30)
    .option('--begin-within <s>', help.beginWithin, positive)
    .option('--scenario <name>', help.scenario, 'steady')
    .option('--asr <choice>', help.asr, 'installed')
    .addOption(new Option('--llm <choice>', help.llm).choices(['stand-in', 'offline']).default('stand-in'))
    .option('--tts <choice>', help.tts, 'stand-in')
    .addOption(new Option('--queue <packets>', help.queue).choices(['5', '20', '40', 'mix']).default('20'))
    .addOption(new Option('--framing <version>', help.framing).choices(['1', '2', '3', 'mix']).default('mix'))
    .option('--language <tag>', help.language, 'en-US')
    .option('--seed <n>', help.seed, from(0, help.wholeNumber), 1)
    .option('--set <key=value>', help.set, collect, [])
    .option('--json <file>', help.json)
    .option('--html <file>', help.html)
    .option('--find-capacity', help.findCapacity)
    .option('--max-devices <n>', help.maxDevices, from(1, help.wholeNumber), 1000)
    .option('--compare <base.json>', help.compare)
    .addOption(new Option('--baseline <what>', help.baseline).choices(['kernels']))
    .option('--url <ota-url>', help.url)
    .option('--pid <n>', help.pid, from(1, help.wholeNumber))
    .addOption(dataOption())
    .option('--cpu-target <share>', help.cpuTarget, positive, SERVICE_LEVEL.cpuShare)
    .option('--first-sound <p50,p95>', help.firstSound, FIRST_SOUND)
    .option('--llm-first-token <ms>', help.llmFirstToken, from(0, help.wholeNumber), 300)
    .option('--llm-tokens-per-second <n>', help.llmSpeed, positive, 40)
    .option('--reply <mean,spread>', help.reply, '5,2')
    .option('--tts-first-byte <ms>', help.ttsFirstByte, from(0, help.wholeNumber), 150)
    .option('--tts-speed <x>', help.ttsSpeed, positive, 10)
    .option('--behaviour <json>', help.behaviour)
    .option('--launcher <command>', help.launcher)
    .addHelpText('after', help.after)
    .action(run(runBenchCommand));

  // Options of `bench` itself may also follow a subcommand's name, so they are not defined again here.
  below(bench, 'stand-ins', help.standIns)
    .option('--llm-port <port>', help.llmPort, port, 0)
    .option('--tts-port <port>', help.ttsPort, port, 0)
    .option('--host <address>', help.host, '127.0.0.1')
    .option('--print-json', help.standInsJson)
    // With this option, the stand-ins end when their standard input ends, even if the parent process was killed.
    .addOption(new Option('--until-input-ends').hideHelp())
    .addHelpText('after', help.standInsAfter)
    .action((_flags, self: Command) => run(runStandIns)(self.optsWithGlobals(), self));

  below(bench, 'make-model', help.makeModel)
    .option('--force', help.force)
    .addHelpText('after', help.makeModelAfter)
    .action((_flags, self: Command) => run(runMakeModel)(self.optsWithGlobals(), self));
};

function from(least: number, wrong: (least: number) => string): (value: string) => number {
  return (value) => {
    if (!/^\d+$/.test(value) || Number(value) < least) throw new InvalidArgumentError(wrong(least));
    return Number(value);
  };
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('> 0');
  return number;
}

function port(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535) throw new InvalidArgumentError('0-65535');
  return number;
}

interface BenchFlags extends StandInFlags {
  readonly devices: number;
  readonly duration: number;
  readonly warmup: number;
  readonly beginWithin?: number;
  readonly scenario: string;
  readonly asr: string;
  readonly llm: 'stand-in' | 'offline';
  readonly tts: string;
  readonly queue: '5' | '20' | '40' | 'mix';
  readonly framing: '1' | '2' | '3' | 'mix';
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

const CODES = { holds: EXIT.ok, missed: EXIT.failed, invalid: EXIT.invalid } as const;

function codeOf(result: BenchResult): ExitCode {
  const { verdict, capacity } = result;
  if (!capacity) return CODES[verdict.outcome];
  if (noNumber(result)) return CODES.invalid;
  return capacity.devices === 0 ? CODES.missed : capacity.confirmed ? CODES.holds : CODES.invalid;
}

const PLAIN_EVERY_MS = 10_000;

async function runBenchCommand(flags: BenchFlags, context: CliContext): Promise<ExitCode> {
  const { language, colours, out } = context;
  const options = runOptions(flags, context);
  // Read first, because a wrong file should be reported before ten minutes of measuring.
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
    // Ends everything that the command started, even after Ctrl+C.
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

async function measure(
  flags: BenchFlags,
  options: RunOptions,
  bench: BenchContext,
  context: CliContext,
  say: (line: string) => void,
): Promise<BenchResult> {
  const words = benchWords[context.language];
  // The baseline measures this machine, so a remote server makes no sense.
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
  const { badValue } = benchWords[context.language];
  if (!isScenario(flags.scenario))
    throw translatedError('bench.bad_input', badValue('--scenario', flags.scenario, SCENARIOS.join(', ')));
  const [firstSoundP50Ms, firstSoundP95Ms] = twoNumbers(flags.firstSound, '--first-sound', context);
  return {
    devices: flags.devices,
    durationMs: flags.duration * 1000,
    warmupMs: flags.warmup * 1000,
    ...(flags.beginWithin !== undefined && { beginWithinMs: flags.beginWithin * 1000 }),
    scenario: flags.scenario,
    seed: flags.seed,
    queues: flags.queue === 'mix' ? MIXED_QUEUES : [Number(flags.queue)],
    framings: FLEET_DEFAULTS.framings.filter((one) => flags.framing === 'mix' || String(one) === flags.framing),
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
  say(line: string): void;
  end(): void;
}

/** A table that is redrawn on a terminal, else a line every ten seconds and at each new stage. */
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
  context.err(benchWords[context.language].wrote(file));
}

/** Quoted, so that somebody can run the command again. */
function commandLine(args: readonly string[]): string {
  return [
    'chorus',
    ...args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)),
  ].join(' ');
}
