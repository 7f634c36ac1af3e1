import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import type { BundleFlags } from './bundle-command.js';
import type { CliContext } from './context.js';
import type { DrainFlags } from './drain-command.js';
import type { ExitCode } from './exit-code.js';
import { upkeepWords } from './messages/upkeep.js';
import type { UpkeepFlags } from './upkeep-command.js';

/** What the command line's own file hands over. */
export interface UpkeepProgramParts {
  readonly command: (parent: Command, name: string, about: string) => Command;
  readonly withConfig: (child: Command) => Command;
  readonly dataOption: () => Option;
  readonly finish: (code: ExitCode) => void;
}

/** `chorus drain`, `upkeep` and `bundle`. What is behind them is loaded when they are run. */
export function addUpkeep(
  program: Command,
  context: CliContext,
  { command, withConfig, dataOption, finish }: UpkeepProgramParts,
): void {
  const { help } = upkeepWords[context.language];
  const { json } = context.words.help;
  const seconds = (value: string): number => {
    if (!/^\d{1,3}$/.test(value) || Number(value) > 600) throw new InvalidArgumentError(help.notNumber);
    return Number(value);
  };
  command(program, 'drain', help.drain)
    .option('--wait <seconds>', help.wait, seconds)
    .option('--restart', help.restart)
    .addOption(dataOption())
    .option('--json', json)
    .action(async (flags: DrainFlags) => finish(await (await import('./drain-command.js')).runDrain(flags, context)));
  withConfig(command(program, 'upkeep', help.upkeep))
    .addArgument(new Argument('[tasks...]', help.tasks))
    .option('--dry-run', help.dryRun)
    .option('--status', help.status)
    .option('--json', json)
    .action(async (tasks: string[], flags: UpkeepFlags) =>
      finish(await (await import('./upkeep-command.js')).runUpkeep(tasks, flags, context)),
    );
  command(program, 'bundle', help.bundle)
    .option('--out <file>', help.out)
    .option('--models <ids>', help.models)
    .addOption(new Option('--platform <platform>', help.platform).choices(['linux-x64', 'linux-arm64']))
    .addOption(dataOption())
    .option('--json', json)
    .action(async (flags: BundleFlags) =>
      finish(await (await import('./bundle-command.js')).runBundle(flags, context)),
    );
}
