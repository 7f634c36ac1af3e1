import { printAnswer } from '../terminal/json.js';
import type { Command } from 'commander';
import type { DefineCommand } from '../command.js';
import { translatedError } from '../../core/index.js';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { databasePlace } from '../../config/index.js';
import type { Config } from '../../config/index.js';
import {
  backupFolder,
  backupStore,
  checkStore,
  ensureDataFolder,
  findStoreBackup,
  listStoreBackups,
  restoreStore,
  shownPlace,
  type DatabasePlace,
} from '../../platform/store/index.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { Exit } from '../failure.js';
import { loadForCommand } from '../configuration/load.js';
import { configurationWords } from '../words/configuration.js';
import { storeWords } from '../words/store.js';

export const define: DefineCommand = (group, { context, configured, run }) => {
  const { help } = storeWords[context.language];
  group.addHelpText('after', help.after);
  const add = (name: string, about: string): Command => configured(group, name, about);
  add('backup', help.backup)
    .option('--out <file>', help.out)
    .option('--portable', help.portable)
    .action(run(backUpStore));
  add('list', configurationWords[context.language].help.list).action(run(listStore));
  add('restore', help.restore).argument('<file-or-id>', help.source).action(run(restoreInto));
  add('check', help.check).action(run(checkDatabase));
};

interface BackupFlags extends JsonFlags {
  readonly out?: string;
  readonly portable?: boolean;
}

async function backUpStore(flags: BackupFlags, context: CliContext): Promise<ExitCode> {
  const { place, keep } = await placeOf(flags, context);
  await ensureDataFolder(place.dataDir);
  const backup = await unlessInterrupted(storeWords[context.language].notMade, context, () =>
    backupStore(place, {
      wallMs: context.clock.wallMs(),
      keep,
      signal: context.interrupted,
      ...(flags.portable && { kind: 'jsonl' as const }),
      ...(flags.out !== undefined && { out: resolve(flags.out) }),
    }),
  );
  return say(flags, context, backup, storeWords[context.language].made(backup.file, megabytes(backup.bytes)));
}

async function listStore(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const all = await listStoreBackups(backupFolder(resolve(flags.data)));
  const lines = all.map(({ id, file, bytes }) => `${id}  ${megabytes(bytes)} MB  ${file}`);
  return say(flags, context, all, ...(lines.length === 0 ? [configurationWords[context.language].none] : lines));
}

async function restoreInto(what: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const words = storeWords[context.language];
  const { place, keep } = await placeOf(flags, context);
  const source = (await isFile(what))
    ? resolve(what)
    : (await findStoreBackup(backupFolder(place.dataDir), what))?.file;
  if (source === undefined) throw translatedError('store.bad_backup', words.unknown(what));
  // Restoring is one short transaction, so the first Ctrl+C does not interrupt it. After a second Ctrl+C, the old data
  // are kept.
  const tell = (): void => context.err(`${words.goesOn}\n`);
  context.interrupted.addEventListener('abort', tell, { once: true });
  const restored = await restoreStore(place, { source, wallMs: context.clock.wallMs(), keep });
  context.interrupted.removeEventListener('abort', tell);
  const shown = shownPlace(place);
  const kept = restored.keptFile === undefined ? [] : [words.kept(restored.keptFile)];
  return say(
    flags,
    context,
    { place: shown, source, ...restored },
    words.restored(shown),
    ...rowLines(restored.rows, context),
    ...kept,
  );
}

async function checkDatabase(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const words = storeWords[context.language];
  const { place } = await placeOf(flags, context);
  const found = await unlessInterrupted(words.notChecked, context, () => checkStore(place, context.interrupted));
  if (found.problems.length > 0) {
    say(flags, context, found, words.bad(found.place), ...found.problems.map((problem) => `  ${problem}`));
    return EXIT.data;
  }
  if (found.schema === undefined) return say(flags, context, found, words.empty(found.place));
  const pending = found.pending.length === 0 ? [] : [words.pending(found.pending.join(', '))];
  return say(
    flags,
    context,
    found,
    words.good(found.place),
    words.facts(found.schema, megabytes(found.bytes ?? 0)),
    ...rowLines(found.rows, context),
    ...pending,
  );
}

async function unlessInterrupted<T>(
  words: string,
  { interrupted, err }: CliContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!interrupted.aborted) throw error;
    err(`${words}\n`);
    throw new Exit(EXIT.interrupted);
  }
}

async function placeOf(
  flags: JsonFlags,
  context: CliContext,
): Promise<{ readonly place: DatabasePlace; readonly keep: number }> {
  const { config }: { readonly config: Config } = await loadForCommand(flags, context);
  return { place: databasePlace(config, resolve(flags.data)), keep: config.upkeep.store_keep };
}

function rowLines(rows: Readonly<Record<string, number>>, context: CliContext): readonly string[] {
  const { tables, row } = storeWords[context.language];
  return Object.entries(rows).flatMap(([table, n]) => (n === 0 ? [] : [row(tables[table] ?? table, n)]));
}

function say(flags: JsonFlags, context: CliContext, answer: unknown, ...lines: readonly string[]): ExitCode {
  return printAnswer(flags, context, answer, `${lines.join('\n')}\n`);
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (about) => about.isFile(),
    () => false,
  );
}
