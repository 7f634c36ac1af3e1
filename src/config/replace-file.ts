import { chmod, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { kill, pid, platform } from 'node:process';
import { ChorusError, giveTo, type Owner } from '../core/index.js';
import { secretsInFile } from './secrets-in-file.js';

export interface FileAccess extends Owner {
  readonly mode: number;
}

/**
 * After a crash or a power failure, either the old or the new file exists, complete. A file that is new or contains a
 * secret gets mode 0600. Any other file keeps its mode, or gets the mode of `access`. The file keeps its owner if this
 * process may set one. A symbolic link is followed.
 */
export async function replaceFile(file: string, text: string, access?: FileAccess): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const folder = dirname(target);
  await removeLeftovers(folder, basename(target));
  const temporary = join(folder, `.${basename(target)}.${pid}.tmp`);
  try {
    await writeDurably(temporary, text);
    const wanted = access ?? (await accessOf(target));
    if (wanted) {
      await giveTo(temporary, wanted);
      if (!holdsSecret(text)) await chmod(temporary, wanted.mode);
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Writes a new file with mode 0600. The file's name survives a power failure only after {@link syncFolder}. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the file names in a folder survive a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot sync a folder and fails with EPERM.
  if (platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Returns `data.disk_full` or `data.not_writable`. */
export function writeError(file: string, error: unknown): ChorusError {
  if (error instanceof ChorusError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ChorusError('data.disk_full', `the disk is full; ${file} was left as it is`, {
      cause: error,
      details: { folder: file },
    });
  return new ChorusError('data.not_writable', `${file} cannot be written (${code})`, {
    cause: error,
    details: { file, system: code },
  });
}

function holdsSecret(text: string): boolean {
  return secretsInFile(text).some(({ reference }) => reference === undefined);
}

/** Returns undefined if the file does not exist. */
export async function accessOf(file: string): Promise<FileAccess | undefined> {
  try {
    const { mode, uid, gid } = await stat(file);
    return { mode: mode & 0o777, uid, gid };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes the temporary files (`.NAME...PID.tmp`) that killed processes left behind. */
export async function removeLeftovers(folder: string, name: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const owner = Number(entry.startsWith(`.${name}.`) ? /\.(\d+)\.tmp$/.exec(entry)?.[1] : undefined);
    if (owner > 0 && owner !== pid && !isAlive(owner)) await rm(join(folder, entry), { force: true });
  }
}

function isAlive(process: number): boolean {
  try {
    kill(process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
