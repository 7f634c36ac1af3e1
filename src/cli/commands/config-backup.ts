import { translatedError } from '../../core/index.js';
import { diffConfigs, findBackup, keepBackup, listBackups, readConfigFile } from '../../config/index.js';
import { backupPlace, configPlace, loadCandidate, readNamed, type ConfigPlace } from '../configuration/place.js';
import type { CliContext, JsonFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { configurationWords } from '../words/configuration.js';
import { asJson } from '../terminal/json.js';

export async function backupConfig(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const words = configurationWords[context.language];
  const place = await configPlace(flags, context);
  const text = await readConfigFile(place.file);
  // A file with mistakes is backed up, too, because somebody may want it back.
  const loaded =
    text === undefined
      ? undefined
      : await loadCandidate(text, place.file, place, flags, context).catch(() => undefined);
  const backup = await keepBackup(place.file, backupPlace(place, loaded, context));
  if (flags.json) context.out(asJson(backup ?? null));
  else context.out(`${backup ? words.kept(backup.id, backup.file) : words.nothingToKeep(place.file)}\n`);
  return EXIT.ok;
}

export async function listConfigBackups(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const all = await listBackups((await configPlace(flags, context)).backups);
  if (flags.json) context.out(asJson(all));
  else if (all.length === 0) context.out(`${configurationWords[context.language].none}\n`);
  else for (const { id, file, bytes } of all) context.out(`${id}  ${bytes} B  ${file}\n`);
  return EXIT.ok;
}

export async function diffConfig(what: string | undefined, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const words = configurationWords[context.language];
  const place = await configPlace(flags, context);
  const present = (await readConfigFile(place.file)) ?? '';
  const other = await findOther(what, present, place, context);
  const [here, there] = await Promise.all([
    loadCandidate(present, place.file, place, flags, context),
    loadCandidate(other.text, other.name, place, flags, context),
  ]);
  if (!here || !there) throw translatedError('config.unreadable', words.noFile('env:'));
  // The diff runs from old to new. A backup is older than the present file. Any other file may replace the present
  // file, so it counts as newer.
  const changes = other.past ? diffConfigs(there.config, here.config) : diffConfigs(here.config, there.config);
  if (flags.json) {
    context.out(asJson(changes));
    return EXIT.ok;
  }
  if (changes.length === 0) context.out(`${words.same}\n`);
  for (const { key, before, after, live } of changes) {
    context.out(
      `${key}: ${before ?? words.notSet} -> ` +
        `${after ?? words.notSet}${live ? '' : context.colours.dim(`  (${words.afterRestart})`)}\n`,
    );
  }
  return EXIT.ok;
}

async function findOther(
  what: string | undefined,
  present: string,
  { backups }: ConfigPlace,
  context: CliContext,
): Promise<{ readonly text: string; readonly name: string; readonly past: boolean }> {
  const backup = await findBackup(backups, what, present);
  if (backup) return { text: await readNamed(backup.file, context), name: backup.file, past: true };
  if (what === undefined) return { text: present, name: '', past: true };
  return { text: await readNamed(what, context), name: what, past: false };
}
