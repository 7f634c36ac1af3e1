import type { Command } from 'commander';
import picocolors from 'picocolors';
import { MESSAGES } from '../../src/cli/words/index.js';
import { COMMANDS } from '../../src/cli/commands.js';
import { buildProgram } from '../../src/cli/program.js';
import { systemClock } from '../../src/core/index.js';

/** The real command line of Chorus, in which every command does nothing. */
async function idleProgram(said: string[]): Promise<Command> {
  const write = (text: string): void => void said.push(text);
  const program = await buildProgram(
    {
      language: 'en',
      words: MESSAGES.en,
      env: {},
      clock: systemClock,
      terminal: false,
      colours: picocolors.createColors(false),
      interrupted: new AbortController().signal,
      out: write,
      err: write,
    },
    Object.keys(COMMANDS),
    () => undefined,
  );
  disarm(program);
  return program;
}

/**
 * Replaces the action of each command that has one. `chorus bench` has subcommands but also runs without one;
 * `chorus devices` does not, so it reports unknown subcommands.
 */
function disarm(command: Command): void {
  for (const child of command.commands) {
    if (child.commands.length === 0 || typeof Reflect.get(child, '_actionHandler') === 'function')
      child.action(() => undefined);
    disarm(child);
  }
}

/** The message with which the command line refuses these arguments, or `undefined` if it accepts them. */
export async function refusalOf(argv: readonly string[]): Promise<string | undefined> {
  const said: string[] = [];
  try {
    await (await idleProgram(said)).parseAsync([...argv], { from: 'user' });
    return undefined;
  } catch (error) {
    const { exitCode = 1 } = error as { exitCode?: number };
    return exitCode === 0 ? undefined : said.join('').trim() || String(error);
  }
}

/** The long options of every command, by the command's words, for example `devices approve`. */
export async function commandOptions(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const all = new Map<string, ReadonlySet<string>>();
  const visit = (command: Command, path: readonly string[], inherited: readonly string[]): void => {
    const own = [...inherited, ...command.options.flatMap(({ long }) => long ?? []), '--help'];
    all.set(path.join(' '), new Set(own));
    for (const child of command.commands) visit(child, [...path, child.name()], own);
  };
  visit(await idleProgram([]), [], []);
  return all;
}
