import { chmod, link, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import { ChorusError, ensurePrivateFolder, giveTo, type Owner, stampOf } from '../core/index.js';
import { removeLeftovers, syncFolder, writeDurably, writeError } from './replace-file.js';

/** A copy of the configuration file as it was before a change. */
export interface Backup {
  /** When the copy was made (UTC), for example `20261125_101500`. A second copy within the same second ends in `_2`. */
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
/** How many names to try, because another process may have used the first ones. */
const MAX_TRIES = 100;

/**
 * Copies the configuration file into the folder. If the newest copy has the same content, makes no other. The copy
 * belongs to the file's owner and can be read only by that owner, because it contains secrets. Undefined: there is no
 * file. `evenNone`: if there is no file, makes an empty copy. That stands for the defaults, so that even the first
 * change can be undone. Errors: `data.not_writable`, `data.disk_full`, `config.unreadable`.
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
    // If the newest backup cannot be read (it belongs to another user), a new one is made.
    if (newest && (await readFile(newest.file, 'utf8').catch(() => undefined)) === text) {
      await chmod(newest.file, 0o600);
      return newest;
    }
    const stamp = stampOf(wallMs);
    // The new copy gets a number above all others of this second. The number of a removed copy would make the new one
    // look older than it is.
    const last = all.find(({ id }) => id.startsWith(stamp))?.id;
    const made = await write(folder, stamp, last === undefined ? 1 : placeOf(last) + 1, text, owner);
    for (const old of (await listBackups(folder)).slice(keep))
      if (old.id !== made.id) await rm(old.file, { force: true });
    return made;
  } catch (error) {
    throw writeError(folder, error);
  }
}

/** All backups, newest first. Empty if the folder does not exist. */
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

/** Reads the configuration file. Undefined: it does not exist. Error: `config.unreadable`. */
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

/**
 * Writes a backup under the first unused name of this second, trying numbers from `first` upwards. The file gets that
 * name only when its content is complete.
 */
async function write(folder: string, stamp: string, first: number, text: string, owner: Owner): Promise<Backup> {
  const temporary = join(folder, `.config.${stamp}.${pid}.tmp`);
  await writeDurably(temporary, text);
  try {
    await giveTo(temporary, owner);
    for (let place = first; place < first + MAX_TRIES; place++) {
      const id = place === 1 ? stamp : `${stamp}_${place}`;
      const file = join(folder, `config.${id}.yaml`);
      const taken = await link(temporary, file).then(
        () => false,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return true;
          throw error;
        },
      );
      if (!taken) {
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
