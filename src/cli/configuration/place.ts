import { translatedError } from '../../core/index.js';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DEFAULT_BACKUPS, readConfigFile, type BackupPlace, type LoadedConfig } from '../../config/index.js';
import { findAdminClient, type AdminClient } from '../server/admin-client.js';
import type { CliContext, ConfigFlags } from '../context.js';
import { ConfigRejected } from '../failure.js';
import { loadOptions, loadWithPlugins } from './load.js';
import { configurationWords } from '../words/configuration.js';

/** The configuration file in use, its backups, and the server that reads it. */
export interface ConfigPlace {
  readonly file: string;
  readonly backups: string;
  /** Undefined if no server runs on the data folder. */
  readonly api: AdminClient | undefined;
}

const answer = z.object({ file: z.string() });

/**
 * Finds the file that the running server uses, or else the file that a server would use. Errors: `device.*`, and
 * `config.unreadable` if `--config` names a file other than the running server's.
 */
export async function configPlace(flags: ConfigFlags, context: CliContext): Promise<ConfigPlace> {
  const words = configurationWords[context.language];
  const backups = join(resolve(flags.data), 'backups');
  const named = flags.config === undefined ? undefined : resolve(flags.config);
  const api = await findAdminClient(flags.data, context);
  if (!api) return { file: named ?? join(resolve(flags.data), 'config.yaml'), backups, api };
  const known = answer.safeParse(await api.call('GET', '/config'));
  if (!known.success) throw translatedError('device.refused', words.tooOld);
  const { file } = known.data;
  if (named !== undefined && named !== file) throw translatedError('config.unreadable', words.otherFile(file));
  return { file, backups, api };
}

/**
 * Loads a text as if it were the configuration file. Returns undefined if only secrets from variables are missing,
 * because a running server may have them. Throws {@link ConfigRejected} with every mistake.
 */
export async function loadCandidate(
  text: string,
  name: string,
  { file, api }: ConfigPlace,
  flags: ConfigFlags,
  context: CliContext,
): Promise<LoadedConfig | undefined> {
  const loaded = await loadWithPlugins({ ...loadOptions(flags, context), file, candidate: { text, name } }, context);
  if (loaded.ok) return loaded;
  const mistakes = loaded.mistakes.filter(
    (mistake) => !(api && mistake.kind === 'secret' && mistake.reason === 'no_variable'),
  );
  if (mistakes.length === 0) return undefined;
  throw new ConfigRejected({ ...loaded, mistakes });
}

/** Keeps the default number of backups if the configuration cannot be read. */
export function backupPlace(
  { backups }: ConfigPlace,
  loaded: LoadedConfig | undefined,
  context: CliContext,
): BackupPlace {
  return { folder: backups, keep: loaded?.config.backup.keep ?? DEFAULT_BACKUPS, wallMs: context.clock.wallMs() };
}

/** Error: `config.unreadable`. */
export async function readNamed(file: string, context: CliContext): Promise<string> {
  const text = await readConfigFile(file);
  if (text === undefined) throw translatedError('config.unreadable', configurationWords[context.language].noFile(file));
  return text;
}
