import type { Command } from 'commander';
import type { PasswordFlags } from './admin-command.js';
import type { CliContext } from './context.js';
import type { ExitCode } from './exit-code.js';
import { ADMIN_WORDS } from './messages/admin.js';

/** What the command line's own file hands over. */
export interface AdminProgramParts {
  readonly command: (parent: Command, name: string, about: string) => Command;
  readonly withConfig: (child: Command) => Command;
  readonly finish: (code: ExitCode) => void;
}

/** `chorus admin password`. */
export function addAdmin(
  program: Command,
  context: CliContext,
  { command, withConfig, finish }: AdminProgramParts,
): void {
  const { help } = ADMIN_WORDS[context.language];
  const group = command(program, 'admin', help.group);
  withConfig(command(group, 'password', help.password))
    .option('--reset', help.reset)
    .option('--json', context.words.help.json)
    .action(async (flags: PasswordFlags) =>
      finish(await (await import('./admin-command.js')).setAdminPassword(flags, context)),
    );
}
