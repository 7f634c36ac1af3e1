import { open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pid, platform } from 'node:process';
import { ChorusError, ensurePrivateFolder, giveNewName, stampOf } from '../../core/index.js';
import { dataFolderError } from './data-folder.js';
import type { StoreBackup } from './store-port.js';
import { storeWords } from './words.js';

/** `db` is a database file. `jsonl` contains rows as JSON, for both engines. */
export type BackupKind = 'db' | 'jsonl';

const NAME = /^chorus\.(\d{8}_\d{6})(?:_(\d+))?\.(?:db|jsonl)$/;
/** Number of names to try, because another process may take a name first. */
const MAX_TRIES = 100;

export const backupFolder = (dataDir: string): string => join(dataDir, 'backups');

/** Newest first. Empty if the folder does not exist. Error: `data.not_writable`. */
export async function listStoreBackups(folder: string): Promise<readonly StoreBackup[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw dataFolderError(folder, error);
  });
  const found: { readonly backup: StoreBackup; readonly stamp: string; readonly place: number }[] = [];
  for (const name of names) {
    const [, stamp, place = '1'] = NAME.exec(name) ?? [];
    if (stamp === undefined) continue;
    const file = join(folder, name);
    const bytes = await stat(file).then(
      ({ size }) => size,
      () => undefined,
    );
    if (bytes !== undefined)
      found.push({ stamp, place: Number(place), backup: { id: name.replace(/^chorus\.|\.\w+$/g, ''), file, bytes } });
  }
  return found
    .toSorted((a, b) => (a.stamp === b.stamp ? b.place - a.place : a.stamp < b.stamp ? 1 : -1))
    .map(({ backup }) => backup);
}

export interface BackupPlan {
  readonly kind: BackupKind;
  readonly wallMs: number;
  readonly keep: number;
  /** Fills an existing, empty file. */
  readonly write: (file: string) => Promise<void>;
}

/** The copy appears only when it is complete, and only its owner can read it. Errors: those of `write`, `data.*`. */
export async function keepStoreBackup(folder: string, { kind, wallMs, keep, write }: BackupPlan): Promise<StoreBackup> {
  try {
    await ensurePrivateFolder(folder);
  } catch (error) {
    throw dataFolderError(folder, error);
  }
  const stamp = stampOf(wallMs);
  const made = await writeThenName(join(folder, `.chorus.${stamp}.${pid}.tmp`), write, async (temporary) => {
    for (let place = 1; place <= MAX_TRIES; place++) {
      const id = place === 1 ? stamp : `${stamp}_${place}`;
      // An id identifies one copy, so a backup of the other kind also takes the id.
      if ((await listStoreBackups(folder)).some((backup) => backup.id === id)) continue;
      const file = join(folder, `chorus.${id}.${kind}`);
      if (await giveNewName(temporary, file)) return { id, file, bytes: (await stat(file)).size };
    }
    throw new ChorusError('data.not_writable', `other processes keep making backups in ${folder}`, {
      details: { folder },
    });
  });
  for (const old of (await listStoreBackups(folder)).slice(keep))
    if (old.id !== made.id) await rm(old.file, { force: true });
  return made;
}

/** Does not replace an existing file. Errors: those of `write`, and `data.*`. */
export async function writeStoreBackup(file: string, write: (file: string) => Promise<void>): Promise<StoreBackup> {
  return writeThenName(join(dirname(file), `.chorus.out.${pid}.tmp`), write, async (temporary) => {
    if (!(await giveNewName(temporary, file)))
      throw new ChorusError('data.not_writable', `${file} exists already; choose another name`, {
        details: { file, system: 'EEXIST' },
        remedy: storeWords.otherName,
      });
    return { id: file, file, bytes: (await stat(file)).size };
  });
}

export async function findStoreBackup(folder: string, id: string): Promise<StoreBackup | undefined> {
  const wanted = id.replace(/^.*chorus\./, '').replace(/\.(?:db|jsonl)$/, '');
  return (await listStoreBackups(folder)).find((backup) => backup.id === wanted);
}

/** Syncs the file to disk before `name` gives it its final name. */
async function writeThenName(
  temporary: string,
  write: (file: string) => Promise<void>,
  name: (temporary: string) => Promise<StoreBackup>,
): Promise<StoreBackup> {
  try {
    await rm(temporary, { force: true });
    await (await open(temporary, 'wx', 0o600)).close();
    await write(temporary);
    await sync(temporary, 'r+');
    const made = await name(temporary);
    // Windows cannot sync a folder and answers EPERM.
    if (platform !== 'win32') await sync(dirname(temporary), 'r');
    return made;
  } catch (error) {
    throw error instanceof ChorusError ? error : dataFolderError(dirname(temporary), error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
