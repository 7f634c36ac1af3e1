import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { ChorusError } from '../../core/index.js';

export interface Entry {
  readonly name: string;
  readonly text: string;
}

/**
 * Writes a tar.gz that only its owner may read. After an error, no file is left. Errors: `data.not_writable`,
 * `data.disk_full`.
 */
export async function writeArchive(
  path: string,
  folder: string,
  entries: readonly Entry[],
  wallMs: number,
): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const tar = pack();
  try {
    const written = pipeline(tar, createGzip(), createWriteStream(temporary, { mode: 0o600, flags: 'wx' }));
    for (const { name, text } of entries)
      tar.entry({ name: `${folder}/${name}`, mode: 0o600, mtime: new Date(wallMs) }, text);
    tar.finalize();
    await written;
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // The first error is the one to report.
    const { code } = error as NodeJS.ErrnoException;
    throw new ChorusError(
      code === 'ENOSPC' || code === 'EDQUOT' ? 'data.disk_full' : 'data.not_writable',
      `${path}: ${code ?? String(error)}`,
      { cause: error, details: { file: path } },
    );
  }
}
