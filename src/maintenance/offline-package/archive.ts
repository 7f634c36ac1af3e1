import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pid } from 'node:process';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { ChorusError } from '../../core/index.js';

/** The content is a copy of a file on the disk, or a text. */
export type ArchiveEntry = { readonly name: string; readonly mode?: number } & (
  | { readonly from: string }
  | { readonly text: string }
);

export interface WrittenArchive {
  readonly bytes: number;
  readonly sha256: string;
}

/** One timestamp for all entries, so that the same content always gives the same archive. */
const NO_TIME = new Date(0);

/**
 * Sorts the entries by name. The file has a temporary name until it is complete. Errors: `data.disk_full`,
 * `data.not_writable`; the signal's reason.
 */
export async function writeArchive(
  file: string,
  entries: readonly ArchiveEntry[],
  { level, signal }: { readonly level: number; readonly signal: AbortSignal },
): Promise<WrittenArchive> {
  const temporary = join(dirname(file), `.${basename(file)}.${pid}.part`);
  const archive = pack();
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const written = pipeline(archive, createGzip({ level }), meter, createWriteStream(temporary, { mode: 0o644 }), {
    signal,
  });
  try {
    const filled = fill(archive, entries, signal).catch((error: unknown) => {
      archive.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
    await Promise.all([written, filled]);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // The first error is the one to report.
    signal.throwIfAborted();
    throw writeError(file, error);
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function fill(archive: Pack, entries: readonly ArchiveEntry[], signal: AbortSignal): Promise<void> {
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    signal.throwIfAborted();
    const head = { name: entry.name, mode: entry.mode ?? 0o644, mtime: NO_TIME, uid: 0, gid: 0 };
    if ('text' in entry) {
      await new Promise<void>((resolve, reject) =>
        archive.entry(head, entry.text, (error) => (error ? reject(error) : resolve())),
      );
      continue;
    }
    const { size } = await stat(entry.from);
    await pipeline(createReadStream(entry.from), archive.entry({ ...head, size }));
  }
  archive.finalize();
}

function writeError(file: string, error: unknown): ChorusError {
  if (error instanceof ChorusError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ChorusError('data.disk_full', `the disk is full; ${file} was not written`, {
      cause: error,
      details: { folder: dirname(file) },
    });
  return new ChorusError('data.not_writable', `${file} cannot be written (${code ?? message})`, {
    cause: error,
    details: { file, ...(code !== undefined && { system: code }) },
  });
}
