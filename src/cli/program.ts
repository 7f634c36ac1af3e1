import { Argument, Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import { addAdmin } from './admin-program.js';
import { addBench } from './bench-program.js';
import { DEFAULT_DATA_FOLDER, packageVersion, type CliContext } from './context.js';
import type { DeviceFlags } from './device-command.js';
import { addAgents } from './agents-program.js';
import { addDevices } from './devices-program.js';
import { addDoctor } from './doctor-program.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { addFirmware } from './firmware-program.js';
import { configurationWords } from './messages/configuration.js';
import { movingOverWords } from './messages/moving-over.js';
import { profileWords } from './messages/profile.js';
import { addMonitor } from './monitor-program.js';
import { addStore } from './store-program.js';
import { addUpkeep } from './upkeep-program.js';

// Commands are loaded when they are run: the help must not wait for the engines' libraries.

/** Parses the command line and runs the command; resolves with the exit code. Errors of commands are thrown. */
export async function runProgram(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  if (asksForVersion(argv)) {
    context.out(`${packageVersion()}\n`);
    return code;
  }
  const program = buildProgram(context, (result) => (code = result));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help is asked for and ends with 0; a bare `chorus` shows the help too, and is no success.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** As the first word, `--lang` aside: `--version` of a command below is another thing (`chorus firmware add`), and commander would take it for ours. */
function asksForVersion(argv: readonly string[]): boolean {
  const [first, second, third] = argv;
  const word = first === '--lang' ? third : first?.startsWith('--lang=') === true ? second : first;
  return word === '-V' || word === '--version';
}

/** The command line; `finish` is told the exit code of the command that was run. */
export function buildProgram(context: CliContext, finish: (code: ExitCode) => void): Command {
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
      optionDescription: (option) => describeOption(option, context),
      visibleOptions(shown) {
        const options = Help.prototype.visibleOptions.call(this, shown);
        return shown === program ? [new Option('-V, --version', help.version), ...options] : options;
      },
    })
    .configureOutput({
      writeOut: context.out,
      writeErr: context.err,
      outputError: (text, write) =>
        write(
          `${context.colours.red(context.words.error.prefix)}${context.words.usage.translate(text.replace(/^error: /, ''))}`,
        ),
    });
  addServe(program, context, finish);
  addSetup(program, context, finish);
  addDevice(program, context, finish);
  const parts = {
    command: (parent: Command, name: string, about: string) => command(parent, name, about, context),
    withConfig: (child: Command) => withConfigFlags(child, context),
    finish,
  };
  addDevices(program, context, parts);
  addAgents(program, context, parts);
  addFirmware(program, context, parts);
  addModels(program, context, finish);
  addConfig(program, context, finish);
  addProfile(program, context, finish);
  addBench(program, context, {
    command: (parent, name, about) => command(parent, name, about, context),
    dataOption: () => dataOption(context),
    finish,
  });
  addMonitor(program, context, {
    command: (parent, name, about) => withConfigFlags(command(parent, name, about, context), context),
    webAddress: (value) => webAddress(value, context),
    finish,
  });
  addDoctor(program, context, {
    command: (parent, name, about) => withConfigFlags(command(parent, name, about, context), context),
    webAddress: (value) => webAddress(value, context),
    finish,
  });
  addAdmin(program, context, parts);
  addStore(program, context, parts);
  addUpkeep(program, context, { ...parts, dataOption: () => dataOption(context) });
  return program;
}

/** Choices stand in the descriptions already; a default is worth saying when it is a value somebody could type. */
function describeOption(option: Option, { words }: CliContext): string {
  const value: unknown = option.defaultValue;
  const shown = typeof value === 'string' || typeof value === 'number' ? ` (${words.help.defaultValue} ${value})` : '';
  return option.description + shown;
}

type Finish = (code: ExitCode) => void;

function command(parent: Command, name: string, about: string, context: CliContext): Command {
  const child = parent.command(name).description(about).helpOption('-h, --help', context.words.help.helpFlag);
  return child.showHelpAfterError(
    context.words.usage.hint(`chorus ${parent.name() === 'chorus' ? '' : `${parent.name()} `}${child.name()}`),
  );
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function dataOption(context: CliContext): Option {
  return new Option('--data <folder>', context.words.help.data).default(DEFAULT_DATA_FOLDER).env('CHORUS_DATA');
}

function withConfigFlags(child: Command, context: CliContext): Command {
  const { help } = context.words;
  return child
    .addOption(dataOption(context))
    .addOption(new Option('--config <file>', help.config).env('CHORUS_CONFIG'))
    .option('--set <key=value>', help.set, collect, []);
}

function addServe(program: Command, context: CliContext, finish: Finish): void {
  const { help } = context.words;
  const child = command(program, 'serve', help.serve, context)
    .option('--host <address>', help.host)
    .option('--port <number>', help.port);
  withConfigFlags(child, context).action(async (flags) =>
    finish(await (await import('./serve-command.js')).serve(flags, context)),
  );
}

function addSetup(program: Command, context: CliContext, finish: Finish): void {
  const child = command(program, 'setup', context.words.help.setup, context);
  child
    .addOption(dataOption(context))
    .addOption(new Option('--config <file>', context.words.help.config).env('CHORUS_CONFIG'))
    .action(async (flags) =>
      finish(await (await import('./setup-command.js')).runSetup({ ...flags, set: [] }, context)),
    );
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('');
  return Number(value);
}

function webAddress(value: string, context: CliContext): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new InvalidArgumentError(context.words.usage.notUrl);
  return value;
}

function addDevice(program: Command, context: CliContext, finish: Finish): void {
  const { help } = context.words;
  command(program, 'device', help.device, context)
    .option('--say <file.wav>', help.say, collect, [])
    .addOption(new Option('--mode <mode>', help.mode).choices(['auto', 'manual', 'realtime']).default('auto'))
    .option('--url <ota-url>', help.url, (value) => webAddress(value, context))
    .option('--save <file.wav>', help.save)
    .option('--play', help.play)
    .addOption(new Option('--queue <packets>', help.queue).choices(['5', '20', '40']).default('40'))
    .addOption(new Option('--framing <version>', help.framing).choices(['1', '2', '3']).default('1'))
    .option('--language <tag>', help.language)
    .option('--wake <word>', help.wake)
    .option('--device-id <mac>', help.deviceId)
    .option('--timeout <seconds>', help.timeout, wholeNumber, 30)
    .addOption(dataOption(context))
    .option('--json', help.json)
    .addHelpText('after', help.deviceAfter)
    .action(
      async (
        flags: Omit<DeviceFlags, 'queue' | 'framing' | 'timeout'> & { queue: string; framing: string; timeout: number },
      ) =>
        finish(
          await (
            await import('./device-command.js')
          ).runDevice(
            { ...flags, queue: Number(flags.queue), framing: Number(flags.framing), timeout: flags.timeout * 1000 },
            context,
          ),
        ),
    );
}

function addModels(program: Command, context: CliContext, finish: Finish): void {
  const { help } = context.words;
  const group = command(program, 'models', help.models, context);
  const add = (name: string, about: string): Command =>
    withConfigFlags(command(group, name, about, context).option('--json', help.json), context);
  add('list', help.modelsList).action(async (flags) =>
    finish(await (await import('./models-command.js')).listModels(flags, context)),
  );
  add('pull', help.modelsPull)
    .argument('<id>', help.modelId)
    .option('--from <url>', help.from)
    .option('--file <path>', help.file)
    .option('--force', help.force)
    .action(async (id: string, flags) =>
      finish(await (await import('./models-command.js')).pullModel(id, flags, context)),
    );
  add('verify', help.modelsVerify)
    .addArgument(new Argument('[ids...]', help.modelIds))
    .action(async (ids: string[], flags) =>
      finish(await (await import('./models-command.js')).verifyModels(ids, flags, context)),
    );
  add('rm', help.modelsRm)
    .argument('<id>', help.modelId)
    .action(async (id: string, flags) =>
      finish(await (await import('./models-command.js')).removeModel(id, flags, context)),
    );
}

function addProfile(program: Command, context: CliContext, finish: Finish): void {
  const child = command(program, 'profile', profileWords[context.language].help, context).option(
    '--json',
    context.words.help.json,
  );
  withConfigFlags(child, context).action(async (flags) =>
    finish(await (await import('./profile-command.js')).showProfiles(flags, context)),
  );
}

function addConfig(program: Command, context: CliContext, finish: Finish): void {
  const { help } = context.words;
  const group = command(program, 'config', help.configGroup, context);
  const add = (name: string, about: string): Command =>
    withConfigFlags(command(group, name, about, context).option('--json', help.json), context);
  add('check', help.configCheck).action(async (flags) =>
    finish(await (await import('./config-command.js')).checkConfig(flags, context)),
  );
  add('show', help.configShow).action(async (flags) =>
    finish(await (await import('./config-command.js')).printConfig(flags, context)),
  );
  const words = configurationWords[context.language].help;
  add('backup', words.backup).action(async (flags) =>
    finish(await (await import('./config-backup-command.js')).backupConfig(flags, context)),
  );
  add('list', words.list).action(async (flags) =>
    finish(await (await import('./config-backup-command.js')).listConfigBackups(flags, context)),
  );
  add('diff', words.diff)
    .addArgument(new Argument('[file-or-id]', words.fileOrId))
    .action(async (what: string | undefined, flags) =>
      finish(await (await import('./config-backup-command.js')).diffConfig(what, flags, context)),
    );
  add('apply', words.apply)
    .argument('<file>', words.file)
    .option('--no-verify', words.noVerify)
    .action(async (file: string, flags) =>
      finish(await (await import('./config-apply-command.js')).applyConfigFile(file, flags, context)),
    );
  add('rollback', words.rollback)
    .addArgument(new Argument('[id]', words.id))
    .option('--no-verify', words.noVerify)
    .action(async (id: string | undefined, flags) =>
      finish(await (await import('./config-apply-command.js')).rollbackConfig(id, flags, context)),
    );
  const moving = movingOverWords[context.language].help;
  add('import', moving.import)
    .argument('<source>', moving.source)
    .option('--dry-run', moving.dryRun)
    .option('--report <file>', moving.report)
    .option('--no-verify', words.noVerify)
    .action(async (source: string, flags) =>
      finish(await (await import('./config-import-command.js')).importConfig(source, flags, context)),
    );
  command(group, 'schema', help.configSchema, context).action(async () =>
    finish((await import('./config-command.js')).printSchema(context)),
  );
}
