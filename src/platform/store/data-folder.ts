import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChorusError } from '../../core/index.js';
import { proveWritable } from '../machine/writable.js';

/** Creates the data folder, and proves that it is writable. Errors: `data.not_writable`, `data.disk_full`. */
export async function ensureDataFolder(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir);
    await proveWritable(dataDir);
  } catch (error) {
    throw dataFolderError(dataDir, error);
  }
}

/**
 * Creates the folder and its parents one by one. With Node's `recursive` option, `mkdir` never returns below /proc and
 * /sys (seen with 20.20).
 */
async function makeFolder(folder: string): Promise<void> {
  if ((await tryFolder(folder)) === undefined) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  // A second ENOENT means that this file system cannot create folders.
  if ((await tryFolder(folder)) === 'ENOENT')
    throw Object.assign(new Error(`cannot create ${folder}`), { code: 'ENOENT' });
}

/** Returns `ENOENT` if the parent is missing. Throws if a file has the folder's name. */
async function tryFolder(folder: string): Promise<'ENOENT' | undefined> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return code;
    if (code !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
  }
  return undefined;
}

/** Converts a failed file operation in the data folder to `data.disk_full` or `data.not_writable`. */
export function dataFolderError(dataDir: string, error: unknown): ChorusError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ChorusError('data.disk_full', `the disk of the data folder ${dataDir} is full; free some space`, {
      cause: error,
      details: { folder: dataDir },
    });
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    const why = code === 'ENOTDIR' ? ': a part of its path is a file' : '';
    return new ChorusError(
      'data.not_writable',
      `the data folder ${dataDir} is not a folder${why}; choose another with --data`,
      { cause: error, details: { folder: dataDir, system: code } },
    );
  }
  return new ChorusError(
    'data.not_writable',
    `the data folder ${dataDir} cannot be written (${code}); choose another with --data or fix its permissions`,
    { cause: error, details: { folder: dataDir, system: code } },
  );
}
