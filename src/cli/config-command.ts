import {
  configJsonSchema,
  describeMistake,
  describeNote,
  loadConfig,
  maskSecrets,
  parseSetFlag,
  showConfig,
} from '../config/index.js';
import type { CliContext, ConfigFlags } from './context.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { loadForCommand, tellNotes } from './load.js';

export interface ConfigCommandFlags extends ConfigFlags {
  readonly json?: boolean;
}

/** `chorus config check`. */
export async function checkConfig(flags: ConfigCommandFlags, context: CliContext): Promise<ExitCode> {
  if (!flags.json) {
    const loaded = await loadForCommand(flags, context);
    tellNotes(loaded, context);
    context.out(`${context.words.config.right(loaded.file, loaded.fileExists)}\n`);
    return EXIT.ok;
  }
  const result = await loadConfig({
    dataDir: flags.data,
    ...(flags.config !== undefined && { file: flags.config }),
    env: context.env,
    flags: flags.set.map(parseSetFlag),
  });
  const mistakes = result.ok
    ? []
    : result.mistakes.map((mistake) => ({ ...mistake, text: describeMistake(mistake, context.language) }));
  const notes = result.notes.map((note) => describeNote(note, context.language));
  context.out(`${JSON.stringify({ ok: result.ok, file: result.file, mistakes, notes }, null, 2)}\n`);
  return result.ok ? EXIT.ok : EXIT.config;
}

/** `chorus config show`. */
export async function printConfig(flags: ConfigCommandFlags, context: CliContext): Promise<ExitCode> {
  const loaded = await loadForCommand(flags, context);
  context.out(
    flags.json ? `${JSON.stringify(maskSecrets(loaded.config), null, 2)}\n` : showConfig(loaded, context.language),
  );
  return EXIT.ok;
}

/** `chorus config schema`. */
export function printSchema(context: CliContext): ExitCode {
  context.out(`${JSON.stringify(configJsonSchema(context.language), null, 2)}\n`);
  return EXIT.ok;
}
