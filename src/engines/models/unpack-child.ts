import { createReadStream, createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { ChorusError } from '../../core/index.js';
import { serveChild } from '../processes/serve.js';
import { isErrno, diskError } from './files.js';
import type { UnpackAnswer, UnpackCall, UnpackProgress } from './unpack.js';

// Unpacks in a process of its own, because bzip2 in JavaScript would block the server's event loop for half a minute.

/** An old-style Node stream, of which only `pipe` works normally. It checks the CRC of each block. */
const unbzip2 = createRequire(import.meta.url)('unbzip2-stream') as () => NodeJS.ReadWriteStream;

/** No model has a larger file. The limit protects against decompression bombs. */
const MAX_FILE_BYTES = 4 * 2 ** 30;
/** espeak-ng's data has about 400 files. No model has more. */
const MAX_FILES = 4_096;
const PROGRESS_BYTES = 2 * 2 ** 20;

const child = serveChild({
  init: () => Promise.resolve(),
  call: (request) => unpack(request as UnpackCall), // Unchecked, because both ends are the same build.
});

async function unpack({ archive, names, destination }: UnpackCall): Promise<UnpackAnswer> {
  const wanted = new Set(names);
  const unpacked = new Set<string>();
  const entries = extract();
  const read = pipeline(await plainTar(archive), entries);
  try {
    for await (const entry of entries) {
      const name = nameOf(entry.header.name, wanted);
      if (entry.header.type !== 'file' || name === undefined || unpacked.has(name)) {
        entry.resume();
        continue;
      }
      if ((entry.header.size ?? 0) > MAX_FILE_BYTES)
        throw new ChorusError('model.corrupt', `${name} in the archive is too large`);
      if (unpacked.size >= MAX_FILES) throw new ChorusError('model.corrupt', 'the archive has too many files');
      const path = join(destination, name);
      await mkdir(dirname(path), { recursive: true });
      await pipeline(entry, createWriteStream(path));
      unpacked.add(name);
    }
    await read;
  } catch (error) {
    read.catch(() => undefined); // The other end of the pipe reports the same failure.
    if (isErrno(error)) throw diskError(error);
    throw error instanceof ChorusError
      ? error
      : new ChorusError(
          'model.corrupt',
          `the archive cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`,
        );
  }
  return { unpacked: [...unpacked] };
}

/** Whether a segment of a path cannot lead out of the folder on any system. */
const isPlain = (part: string): boolean => part !== '..' && !/[\\:\0]/.test(part);

/**
 * Returns the name under which an entry is wanted. The entry may be in the archive's root or in its outermost folder.
 * Names below a wanted folder come from the archive, so no segment may lead out of the folder.
 */
function nameOf(entryName: string, wanted: ReadonlySet<string>): string | undefined {
  const parts = entryName.split('/').filter((part) => part !== '' && part !== '.');
  for (let depth = 0; depth < Math.min(parts.length, 2); depth++) {
    const name = parts.slice(depth).join('/');
    if (wanted.has(name)) return name;
    const [folder = '', ...rest] = parts.slice(depth);
    if (rest.length > 0 && wanted.has(`${folder}/`) && rest.every(isPlain)) return name;
  }
  return undefined;
}

async function plainTar(archive: string): Promise<Readable> {
  const magic = await firstBytes(archive);
  const file = createReadStream(archive, { highWaterMark: 2 ** 18 });
  let readBytes = 0;
  let toldBytes = 0;
  file.on('data', (chunk) => {
    readBytes += chunk.length;
    if (readBytes - toldBytes < PROGRESS_BYTES) return;
    toldBytes = readBytes;
    child.emit({ readBytes } satisfies UnpackProgress);
  });
  file.pause();
  if (magic.subarray(0, 3).toString('latin1') === 'BZh') {
    const bunzip = unbzip2();
    const plain = file.pipe(bunzip).pipe(new PassThrough());
    const fail = (error: Error): void => {
      plain.destroy(error);
    };
    file.on('error', fail);
    bunzip.on('error', fail);
    return plain;
  }
  if (magic[0] === 0x1f && magic[1] === 0x8b) {
    const gunzip = createGunzip();
    file.on('error', (error) => gunzip.destroy(error));
    return file.pipe(gunzip);
  }
  return file;
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(3);
    await file.read(buffer, 0, 3, 0);
    return buffer;
  } finally {
    await file.close();
  }
}
