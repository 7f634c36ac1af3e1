import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ChorusError } from '../../core/index.js';
import { LARGEST_SLOT_BYTES, readImage, type FirmwareImage } from './image.js';

/** An image that was received, but not yet stored under its final name. */
export interface Received {
  readonly image: FirmwareImage;
  readonly sha256: string;
  keep(): Promise<void>;
  /** Removes the image, unless it was stored. */
  drop(): Promise<void>;
}

/** Images in `firmware/` of the data folder. A file gets its final name only when it is complete on disk. */
export class FirmwareFiles {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'firmware');
  }

  /** Errors: `firmware.invalid`, `data.*`. */
  async receive(bytes: AsyncIterable<Uint8Array>): Promise<Received> {
    const temporary = join(this.#folder, `${randomBytes(6).toString('hex')}.part`);
    const drop = async (): Promise<void> => unlink(temporary).catch(() => undefined);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const file = await open(temporary, 'wx+', 0o600);
      try {
        const { sha256, sizeBytes } = await write(file, bytes);
        const image = await readImage({ sizeBytes, read: (offset, length) => readAll(file, offset, length) });
        await file.sync();
        return { image, sha256, drop, keep: () => this.#keep(temporary, sha256) };
      } finally {
        await file.close();
      }
    } catch (error) {
      await drop();
      throw diskError(this.#folder, error);
    }
  }

  /** Whether the image exists in its full length. */
  async has(sha256: string, sizeBytes: number): Promise<boolean> {
    return (await stat(this.#path(sha256)).catch(() => undefined))?.size === sizeBytes;
  }

  async open(sha256: string): Promise<FileHandle> {
    return open(this.#path(sha256), 'r');
  }

  async remove(sha256: string): Promise<void> {
    await unlink(this.#path(sha256)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  async #keep(temporary: string, sha256: string): Promise<void> {
    await rename(temporary, this.#path(sha256));
    const folder = await open(this.#folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  #path(sha256: string): string {
    // Accepts only a hash, because the name comes from the database and the path must stay in this folder.
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new ChorusError('internal', 'a firmware image is named by its hash');
    return join(this.#folder, `${sha256}.bin`);
  }
}

async function write(
  file: FileHandle,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const piece of bytes) {
    sizeBytes += piece.byteLength;
    if (sizeBytes > LARGEST_SLOT_BYTES) {
      throw new ChorusError(
        'firmware.invalid',
        `the file has more than ${LARGEST_SLOT_BYTES} bytes, and no board has room for more`,
        { details: { fault: 'too_large', max: LARGEST_SLOT_BYTES } },
      );
    }
    hash.update(piece);
    await file.write(piece);
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

async function readAll(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(buffer, read, length - read, offset + read);
    if (bytesRead === 0) throw new Error('the file ended before its end');
    read += bytesRead;
  }
  return buffer;
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

/** Returns other errors unchanged, for example if the sender hung up. */
function diskError(folder: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && FULL.has(code))
    return new ChorusError('data.disk_full', `the disk is full: ${folder}`, { cause: error, details: { folder } });
  if (code !== undefined && FORBIDDEN.has(code))
    return new ChorusError('data.not_writable', `cannot write in ${folder}`, {
      cause: error,
      details: { folder, system: code },
    });
  return error;
}
