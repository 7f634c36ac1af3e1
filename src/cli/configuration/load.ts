import { join } from 'node:path';
import {
  describeNote,
  loadConfig,
  parseSetFlag,
  pluginNames,
  useProviders,
  type FlagValue,
  type LoadedConfig,
  type LoadOptions,
  type RejectedConfig,
} from '../../config/index.js';
import { errorWords } from '../../core/index.js';
import { NO_PLUGINS, pluginFolders, usePlugins, type Plugins } from '../../plugin/index.js';
import { addFolderModels, providers } from '../../providers/index.js';
import type { CliContext, ConfigFlags } from '../context.js';
import { ConfigRejected } from '../failure.js';

export interface LoadedForCommand extends LoadedConfig {
  readonly plugins: Plugins;
}

/** Also loads the plug-ins. Throws {@link ConfigRejected}, `config.unreadable`. */
export async function loadForCommand(
  flags: ConfigFlags,
  context: CliContext,
  more: readonly FlagValue[] = [],
): Promise<LoadedForCommand> {
  const options = loadOptions(flags, context, more);
  const plugins = await loadPluginsFor(options, context);
  const loaded = await loadConfig(options);
  if (!loaded.ok) throw new ConfigRejected(loaded);
  return { ...loaded, plugins };
}

export async function loadWithPlugins(
  options: LoadOptions,
  context: CliContext,
): Promise<LoadedConfig | RejectedConfig> {
  await loadPluginsFor(options, context);
  return loadConfig(options);
}

/** Registers the models found in the data folder, too. Reports and skips a plug-in that cannot be loaded. */
async function loadPluginsFor(options: LoadOptions, context: CliContext): Promise<Plugins> {
  if (await addFolderModels(join(options.dataDir, 'models'), providers)) useProviders(providers);
  const names = await pluginNames(options);
  if (names.length === 0) return NO_PLUGINS;
  const { clock, words, colours, language, err } = context;
  const { plugins, changed } = await usePlugins(names, {
    folders: pluginFolders(process.cwd()),
    registry: providers,
    clock,
  });
  if (changed) useProviders(providers);
  for (const failure of plugins.failures) {
    const { message, remedy } = errorWords(failure, language);
    err(`${colours.red(words.error.prefix)}${message} ${colours.dim(`[${failure.code}]`)}\n`);
    err(`${words.error.remedy}${remedy}\n`);
  }
  return plugins;
}

export function loadOptions(flags: ConfigFlags, { env }: CliContext, more: readonly FlagValue[] = []): LoadOptions {
  return {
    dataDir: flags.data,
    ...(flags.config !== undefined && { file: flags.config }),
    env,
    flags: [...flags.set.map(parseSetFlag), ...more],
  };
}

/** Uses the error stream, so that the output stays readable for scripts. */
export function printNotes(loaded: LoadedConfig, context: CliContext): void {
  for (const note of loaded.notes)
    context.err(`${context.colours.yellow(context.words.config.note)}${describeNote(note, context.language)}\n`);
}
