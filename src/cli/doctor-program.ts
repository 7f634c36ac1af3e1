import type { Command } from 'commander';
import type { CliContext } from './context.js';
import type { DoctorFlags } from './doctor-command.js';
import type { ExitCode } from './exit-code.js';
import { DOCTOR_MESSAGES } from './messages/doctor.js';

/** What the command line's own file hands over: a command with the flags of the configuration, the check of an address, where the exit code goes. */
export interface DoctorProgramParts {
  readonly command: (parent: Command, name: string, about: string) => Command;
  readonly webAddress: (value: string) => string;
  readonly finish: (code: ExitCode) => void;
}

/** `chorus doctor`. What is behind it is loaded when it is run. */
export function addDoctor(
  program: Command,
  context: CliContext,
  { command, webAddress, finish }: DoctorProgramParts,
): void {
  const help = DOCTOR_MESSAGES[context.language];
  command(program, 'doctor', help.help)
    .option('--url <address>', help.url, webAddress)
    .option('--fix', help.fix)
    .option('--bundle <file>', help.bundle)
    .option('--verbose', help.verbose)
    .option('--json', context.words.help.json)
    .addHelpText('after', help.after)
    .action(async (flags: DoctorFlags) =>
      finish(await (await import('./doctor-command.js')).runDoctor(flags, context)),
    );
}
