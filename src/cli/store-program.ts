import type { Command } from 'commander';
import type { CliContext } from './context.js';
import type { ExitCode } from './exit-code.js';
import { STORE_WORDS } from './messages/store.js';
import type { BackupFlags, StoreFlags } from './store-command.js';

/** What the command line's own file hands over: a command, the flags of the configuration, where the exit code goes. */
export interface StoreProgramParts {
  readonly command: (parent: Command, name: string, about: string) => Command;
  readonly withConfig: (child: Command) => Command;
  readonly finish: (code: ExitCode) => void;
}

/** `chorus store backup|list|restore|check`. */
export function addStore(
  program: Command,
  context: CliContext,
  { command, withConfig, finish }: StoreProgramParts,
): void {
  const { help } = STORE_WORDS[context.language];
  const group = command(program, 'store', help.group).addHelpText('after', help.after);
  const add = (name: string, about: string): Command =>
    withConfig(command(group, name, about).option('--json', context.words.help.json));
  add('backup', help.backup)
    .option('--out <file>', help.out)
    .option('--portable', help.portable)
    .action(async (flags: BackupFlags) =>
      finish(await (await import('./store-command.js')).backUpStore(flags, context)),
    );
  add('list', help.list).action(async (flags: StoreFlags) =>
    finish(await (await import('./store-command.js')).listStore(flags, context)),
  );
  add('restore', help.restore)
    .argument('<file-or-id>', help.source)
    .action(async (what: string, flags: StoreFlags) =>
      finish(await (await import('./store-command.js')).restoreInto(what, flags, context)),
    );
  add('check', help.check).action(async (flags: StoreFlags) =>
    finish(await (await import('./store-command.js')).checkDatabase(flags, context)),
  );
}
