import { Command, CommanderError, Help, Option } from 'commander';
import { commandTools } from './command.js';
import { COMMANDS } from './commands.js';
import { packageVersion, type CliContext } from './context.js';
import { EXIT, type ExitCode } from './exit-code.js';

/** Resolves with the exit code. Errors of commands are thrown. */
export async function runProgram(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  if (asksForVersion(argv)) {
    context.out(`${packageVersion()}\n`);
    return code;
  }
  const program = await buildProgram(context, argv, (result) => (code = result));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // `chorus` without a command shows the help, too, but is a mistake.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** commander would confuse this flag with the `--version` of `chorus firmware add`. */
function asksForVersion(argv: readonly string[]): boolean {
  const [first, second, third] = argv;
  const word = first === '--lang' ? third : first?.startsWith('--lang=') === true ? second : first;
  return word === '-V' || word === '--version';
}

/** Loads only the commands in `named`. `finish` is called with the exit code of the command that ran. */
export async function buildProgram(
  context: CliContext,
  named: readonly string[],
  finish: (code: ExitCode) => void,
): Promise<Command> {
  const { help } = context.words;
  const program = new Command('chorus');
  program
    .description(help.program)
    .helpOption('-h, --help', help.helpFlag)
    .helpCommand('help [command]', help.helpCommand)
    .option('--lang <zh|en>', help.lang)
    .addHelpText('after', help.after)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(context.words.usage.hint('chorus'))
    .configureHelp({
      styleTitle: (title) => help.titles[title] ?? title,
      subcommandTerm(child) {
        // A command that is not loaded has no arguments yet, so they come from the list of commands.
        const entry = child.parent === program ? COMMANDS[child.name()] : undefined;
        return entry
          ? `${child.name()} ${entry.takes ?? ''}`.trimEnd()
          : Help.prototype.subcommandTerm.call(this, child);
      },
      optionDescription: (option) => describeOption(option, context),
      visibleOptions(shown) {
        const options = Help.prototype.visibleOptions.call(this, shown);
        return shown === program ? [new Option('-V, --version', help.version), ...options] : options;
      },
    })
    .configureOutput({
      writeOut: context.out,
      writeErr: context.err,
      outputError: (text, write) => {
        const { error, usage } = context.words;
        write(`${context.colours.red(error.prefix)}${usage.translate(text.replace(/^error: /, ''))}`);
      },
    });
  const tools = commandTools(context, finish);
  for (const [name, { about, load }] of Object.entries(COMMANDS)) {
    const command = tools.below(program, name, about[context.language]);
    if (named.includes(name)) (await load()).define(command, tools);
  }
  return program;
}

/** Adds the default if it is text or a number. Leaves out the choices, because the description already names them. */
function describeOption(option: Option, { words }: CliContext): string {
  const value: unknown = option.defaultValue;
  const shown = typeof value === 'string' || typeof value === 'number' ? ` (${words.help.defaultValue} ${value})` : '';
  return option.description + shown;
}
