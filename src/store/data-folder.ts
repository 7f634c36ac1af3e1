import { randomBytes } from 'node:crypto';
import { mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ChorusError } from '../core/index.js';

/**
 * Creates the data folder if need be and proves that it can be written, by writing. Errors: `data.not_writable`,
 * `data.disk_full`, both naming the folder and the mend.
 */
export async function ensureDataFolder(dataDir: string): Promise<void> {
  const probe = join(dataDir, `.probe-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(dataDir, { recursive: true });
    const file = await open(probe, 'wx', 0o600);
    try {
      await file.write('chorus');
    } finally {
      await file.close();
      await unlink(probe);
    }
  } catch (error) {
    throw dataFolderError(dataDir, error);
  }
}

function dataFolderError(dataDir: string, error: unknown): ChorusError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ChorusError('data.disk_full', `the disk of the data folder ${dataDir} is full; free some space`, { cause: error });
  }
  return new ChorusError('data.not_writable', `the data folder ${dataDir} cannot be written (${code}); choose another with --data or mend its permissions`, { cause: error });
}
