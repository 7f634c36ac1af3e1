import { chmod, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { kill, pid, platform } from 'node:process';
import { ChorusError } from '../core/index.js';

/**
 * Puts `text` in the place of the file: written beside it, forced to the disk, renamed. Whenever the process is killed or the power
 * fails, there is the old file or the new one, whole. A new file is for its owner alone; one that was there keeps its mode. A symbolic link is followed.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const folder = dirname(target);
  await removeLeftovers(folder, basename(target));
  const temporary = join(folder, `.${basename(target)}.${pid}.tmp`);
  try {
    await writeDurably(temporary, text);
    const mode = await modeOf(target);
    if (mode !== undefined) await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** A new file (mode 0600) whose content is on the disk when this resolves; its name is after {@link syncFolder}. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes names in a folder survive a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing, and says EPERM.
  if (platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What was thrown by the file system while `file` was to be written: `data.disk_full`, `data.not_writable`. */
export function writeError(file: string, error: unknown): ChorusError {
  if (error instanceof ChorusError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new ChorusError('data.disk_full', `the disk is full; ${file} was left as it is`, { cause: error, details: { folder: file } });
  return new ChorusError('data.not_writable', `${file} cannot be written (${code})`, { cause: error, details: { file, system: code } });
}

async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes temporary files (`.NAME...PID.tmp`) of processes that were killed while they wrote. */
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
