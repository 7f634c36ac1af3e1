import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CliContext } from './context.js';
import type { ExitCode } from './exit-code.js';
import { MONITOR_MESSAGES } from './messages/monitor.js';
import type { MonitorFlags } from './monitor-command.js';

/** What the command line's own file hands over: a command with the flags of the configuration, the check of an address, where the exit code goes. */
export interface MonitorProgramParts {
  readonly command: (parent: Command, name: string, about: string) => Command;
  readonly webAddress: (value: string) => string;
  readonly finish: (code: ExitCode) => void;
}

/** `chorus monitor`. The libraries behind it are loaded when it is run. */
export function addMonitor(
  program: Command,
  context: CliContext,
  { command, webAddress, finish }: MonitorProgramParts,
): void {
  const help = MONITOR_MESSAGES[context.language];
  const atLeastOne = (value: string): number => {
    if (!/^\d+$/.test(value) || Number(value) < 1) throw new InvalidArgumentError(help.notNumber);
    return Number(value);
  };
  command(program, 'monitor', help.monitor)
    .addOption(new Option('--mode <mode>', help.mode).choices(['monitor', 'test', 'both']).default('monitor'))
    .option('--duration <seconds>', help.duration, atLeastOne, 60)
    .option('--connections <number>', help.connections, atLeastOne, 2)
    .option('--url <ota-url>', help.url, webAddress)
    .option('--out <folder>', help.out)
    .option('--language <tag>', help.language)
    .option('--json', help.json)
    .addHelpText('after', help.after)
    .action(async (flags: MonitorFlags) =>
      finish(await (await import('./monitor-command.js')).runMonitor(flags, context)),
    );
}
