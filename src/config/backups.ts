import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import { ChorusError, ensurePrivateFolder, giveNewName, giveTo, type Owner, stampOf } from '../core/index.js';
import { removeLeftovers, syncFolder, writeDurably, writeError } from './replace-file.js';

export interface Backup {
  /** Time of the copy in UTC, for example `20261125_101500`. A second copy within the same second ends in `_2`. */
  readonly id: string;
  readonly file: string;
  readonly bytes: number;
}

export interface BackupPlace {
  readonly folder: string;
  /** How many backups to keep (`backup.keep`). Older ones are removed. */
  readonly keep: number;
  readonly wallMs: number;
}

const NAME = /^config\.(\d{8}_\d{6})(?:_(\d+))?\.yaml$/;
/** Number of names to try, because other processes may have used some names already. */
const MAX_TRIES = 100;

/**
 * Copies the file, unless the newest copy has the same content. Returns undefined if there is no file. With `evenNone`,
 * a missing file gives an empty copy, so that even the first change can be undone. Rejects with `data.not_writable`,
 * `data.disk_full` or `config.unreadable`.
 */
export async function keepBackup(
  file: string,
  { folder, keep, wallMs }: BackupPlace,
  { evenNone = false }: { readonly evenNone?: boolean } = {},
): Promise<Backup | undefined> {
  const present = await readConfigFile(file);
  if (present === undefined && !evenNone) return undefined;
  const text = present ?? '';
  try {
    await ensurePrivateFolder(folder);
    const owner = await stat(present === undefined ? folder : file);
    await removeLeftovers(folder, 'config');
    const all = await listBackups(folder);
    const [newest] = all;
    // If the newest backup belongs to another user and cannot be read, a new backup is made.
    if (newest && (await readFile(newest.file, 'utf8').catch(() => undefined)) === text) {
      await chmod(newest.file, 0o600);
      return newest;
    }
    const stamp = stampOf(wallMs);
    // The new number must be the highest, because a lower number would make the new copy look older than it is.
    const last = all.find(({ id }) => id.startsWith(stamp))?.id;
    const made = await write(folder, stamp, last === undefined ? 1 : placeOf(last) + 1, text, owner);
    for (const old of (await listBackups(folder)).slice(keep))
      if (old.id !== made.id) await rm(old.file, { force: true });
    return made;
  } catch (error) {
    throw writeError(folder, error);
  }
}

/** Newest first. Empty if the folder does not exist. */
export async function listBackups(folder: string): Promise<readonly Backup[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new ChorusError('config.unreadable', `${folder} cannot be read (${error.code ?? error.message})`, {
      cause: error,
      details: { file: folder, system: error.code ?? '' },
    });
  });
  const found: { readonly backup: Backup; readonly stamp: string; readonly place: number }[] = [];
  for (const name of names) {
    const [, stamp, place = '1'] = NAME.exec(name) ?? [];
    if (stamp === undefined) continue;
    const file = join(folder, name);
    const size = await stat(file).then(
      (about) => about.size,
      () => undefined,
    );
    if (size !== undefined)
      found.push({
        stamp,
        place: Number(place),
        backup: { id: name.slice('config.'.length, -'.yaml'.length), file, bytes: size },
      });
  }
  return found
    .toSorted((a, b) => (a.stamp === b.stamp ? b.place - a.place : a.stamp < b.stamp ? 1 : -1))
    .map(({ backup }) => backup);
}

/**
 * Finds the backup with this id or file name. If `id` is undefined, finds the newest backup that differs from
 * `present`.
 */
export async function findBackup(
  folder: string,
  id: string | undefined,
  present: string | undefined,
): Promise<Backup | undefined> {
  const all = await listBackups(folder);
  if (id !== undefined) {
    const wanted = id.replace(/^.*config\./, '').replace(/\.yaml$/, '');
    return all.find((backup) => backup.id === wanted);
  }
  for (const backup of all) if ((await readConfigFile(backup.file)) !== present) return backup;
  return undefined;
}

/** Returns undefined if the file does not exist. Rejects with `config.unreadable`. */
export async function readConfigFile(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT') return undefined;
    throw new ChorusError('config.unreadable', `${file} cannot be read (${code})`, {
      cause: error,
      details: { file, system: code },
    });
  }
}

function placeOf(id: string): number {
  return Number(id.split('_')[2] ?? 1);
}

/** Uses the first free name of this second. The file gets its name only when its content is complete. */
async function write(folder: string, stamp: string, first: number, text: string, owner: Owner): Promise<Backup> {
  const temporary = join(folder, `.config.${stamp}.${pid}.tmp`);
  await writeDurably(temporary, text);
  try {
    await giveTo(temporary, owner);
    for (let place = first; place < first + MAX_TRIES; place++) {
      const id = place === 1 ? stamp : `${stamp}_${place}`;
      const file = join(folder, `config.${id}.yaml`);
      if (await giveNewName(temporary, file)) {
        await syncFolder(folder);
        return { id, file, bytes: Buffer.byteLength(text) };
      }
    }
    throw new ChorusError('data.not_writable', `other processes make backups in ${folder} all the time`, {
      details: { file: folder },
    });
  } finally {
    await rm(temporary, { force: true });
  }
}
