import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from './context.js';
import type { BenchFlags } from './bench-command.js';
import type { ExitCode } from './exit-code.js';
import { BENCH_MESSAGES } from './messages/bench.js';

/** What the command line's own file hands over: how a command is made, and where its exit code goes. */
export interface ProgramParts {
  readonly command: (parent: Command, name: string, about: string) => Command;
  readonly dataOption: () => Option;
  readonly finish: (code: ExitCode) => void;
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** `chorus bench` and what stands below it. The libraries behind it are loaded when it is run. */
export function addBench(program: Command, context: CliContext, { command, dataOption, finish }: ProgramParts): void {
  const help = BENCH_MESSAGES[context.language];
  const bench = command(program, 'bench', help.bench)
    .option('--devices <n>', help.devices, from(1, help.wholeNumber), 10)
    .option('--duration <s>', help.duration, from(1, help.wholeNumber), 120)
    .option('--warmup <s>', help.warmup, from(0, help.wholeNumber), 30)
    .option('--scenario <name>', help.scenario, 'steady')
    .option('--asr <choice>', help.asr, 'installed')
    .addOption(new Option('--llm <choice>', help.llm).choices(['stand-in', 'offline']).default('stand-in'))
    .option('--tts <choice>', help.tts, 'stand-in')
    .addOption(new Option('--queue <packets>', help.queue).choices(['5', '20', '40', 'mix']).default('20'))
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
    .option('--cpu-target <share>', help.cpuTarget, positive, 0.7)
    .option('--first-sound <p50,p95>', help.firstSound, '1000,1600')
    .option('--llm-first-token <ms>', help.llmFirstToken, from(0, help.wholeNumber), 300)
    .option('--llm-tokens-per-second <n>', help.llmSpeed, positive, 40)
    .option('--reply <mean,spread>', help.reply, '5,2')
    .option('--tts-first-byte <ms>', help.ttsFirstByte, from(0, help.wholeNumber), 150)
    .option('--tts-speed <x>', help.ttsSpeed, positive, 10)
    .option('--behaviour <json>', help.behaviour)
    .option('--launcher <command>', help.launcher)
    .addHelpText('after', help.after)
    .action(async (flags: BenchFlags) =>
      finish(await (await import('./bench-command.js')).runBenchCommand(flags, context)),
    );

  // Options of `bench` stand where they are defined, also after the name of what is below it: those are not defined again.
  command(bench, 'stand-ins', help.standIns)
    .option('--llm-port <port>', help.llmPort, port, 0)
    .option('--tts-port <port>', help.ttsPort, port, 0)
    .option('--host <address>', help.host, '127.0.0.1')
    .option('--print-json', help.standInsJson)
    // For a parent that may be killed: the stand-ins end when their standard input does.
    .addOption(new Option('--until-input-ends').hideHelp())
    .addHelpText('after', help.standInsAfter)
    .action(async (_flags, self: Command) =>
      finish(await (await import('./stand-ins-command.js')).runStandIns(self.optsWithGlobals(), context)),
    );

  command(bench, 'make-model', help.makeModel)
    .option('--force', help.force)
    .addHelpText('after', help.makeModelAfter)
    .action(async (_flags, self: Command) =>
      finish(await (await import('./make-model-command.js')).runMakeModel(self.optsWithGlobals(), context)),
    );
}

/** A whole number of at least `least`. */
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
