import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEFAULT_DATA_FOLDER, type CliContext } from './context.js';
import type { ExitCode } from './exit-code.js';

export type DefineCommand = (command: Command, tools: CommandTools) => void;

/** Receives the arguments and the flags of the command line, and the context. */
type Action = (...given: never[]) => ExitCode | Promise<ExitCode>;

export interface CommandTools {
  readonly context: CliContext;
  readonly below: (parent: Command, name: string, about: string) => Command;
  /** Adds a subcommand with the flags of the configuration and `--json`. */
  readonly configured: (parent: Command, name: string, about: string) => Command;
  /** Adds `--data`, `--config` and `--set`. */
  readonly withConfig: (command: Command) => Command;
  readonly dataOption: () => Option;
  readonly configOption: () => Option;
  /** Parses an http(s) address. Error: `InvalidArgumentError`. */
  readonly webAddress: (value: string) => string;
  /** Turns an action into a handler for commander, which passes on the action's exit code. */
  readonly run: (action: Action) => (...given: unknown[]) => Promise<void>;
}

export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function commandTools(context: CliContext, finish: (code: ExitCode) => void): CommandTools {
  const { help, usage } = context.words;
  const dataOption = (): Option =>
    new Option('--data <folder>', help.data).default(DEFAULT_DATA_FOLDER).env('CHORUS_DATA');
  const configOption = (): Option => new Option('--config <file>', help.config).env('CHORUS_CONFIG');
  const withConfig = (command: Command): Command =>
    command.addOption(dataOption()).addOption(configOption()).option('--set <key=value>', help.set, collect, []);
  const below = (parent: Command, name: string, about: string): Command => {
    const path = `chorus ${parent.name() === 'chorus' ? '' : `${parent.name()} `}${name}`;
    const command = parent.command(name).description(about).helpOption('-h, --help', help.helpFlag);
    return command.showHelpAfterError(usage.hint(path));
  };
  return {
    context,
    below,
    configured: (parent, name, about) => withConfig(below(parent, name, about).option('--json', help.json)),
    withConfig,
    dataOption,
    configOption,
    webAddress(value) {
      if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
        throw new InvalidArgumentError(usage.notUrl);
      return value;
    },
    run:
      (action) =>
      async (...given) => {
        // commander passes the command itself as the last argument. The action gets the context instead.
        const all = [...given.slice(0, -1), context] as never[];
        finish(await action(...all));
      },
  };
}
