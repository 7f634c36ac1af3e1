import {
  describeNote,
  loadConfig,
  parseSetFlag,
  type FlagValue,
  type LoadedConfig,
  type LoadOptions,
} from '../../config/index.js';
import type { CliContext, ConfigFlags } from '../context.js';
import { ConfigRejected } from '../failure.js';

/** The configuration as the flags want it. Throws {@link ConfigRejected}, `config.unreadable`. */
export async function loadForCommand(
  flags: ConfigFlags,
  context: CliContext,
  more: readonly FlagValue[] = [],
): Promise<LoadedConfig> {
  const loaded = await loadConfig(loadOptions(flags, context, more));
  if (!loaded.ok) throw new ConfigRejected(loaded);
  return loaded;
}

/** Where the configuration comes from. */
export function loadOptions(flags: ConfigFlags, { env }: CliContext, more: readonly FlagValue[] = []): LoadOptions {
  return {
    dataDir: flags.data,
    ...(flags.config !== undefined && { file: flags.config }),
    env,
    flags: [...flags.set.map(parseSetFlag), ...more],
  };
}

/** What the loader noticed, e.g. old names; on the error stream, so that output stays clean for scripts. */
export function tellNotes(loaded: LoadedConfig, context: CliContext): void {
  for (const note of loaded.notes)
    context.err(`${context.colours.yellow(context.words.config.note)}${describeNote(note, context.language)}\n`);
}
