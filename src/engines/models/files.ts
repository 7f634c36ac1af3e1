import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { asChorusError, ChorusError, type ErrorCode } from '../../core/index.js';

/** Hashing a chunk blocks the event loop for well under a millisecond. */
const HASH_CHUNK_BYTES = 256 * 1024;

/** In lower-case hexadecimal. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: HASH_CHUNK_BYTES, ...(signal ? { signal } : {}) }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** In bytes. Returns undefined if the file does not exist. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw diskError(error);
  }
}

/** After a power cut, the file is either complete or as it was before. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // The first error is reported.
    throw diskError(error);
  }
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'data.disk_full',
  EDQUOT: 'data.disk_full',
  EACCES: 'data.not_writable',
  EPERM: 'data.not_writable',
  EROFS: 'data.not_writable',
};

/** Converts a disk failure to a typed error that names the path. Other errors get the code `fallback`. */
export function diskError(error: unknown, fallback: ErrorCode = 'data.not_writable'): ChorusError {
  if (!isErrno(error)) return asChorusError(error, fallback);
  return new ChorusError(CODES[error.code] ?? fallback, error.message, {
    cause: error,
    details: { system: error.code, ...(error.path !== undefined && { file: error.path }) },
  });
}

export function isErrno(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}
