import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const CHUNK_BYTES = 256 * 1024;

/** Decompresses gzip, and decodes UTF-16, which PowerShell's `>` writes. */
export async function openDump(file: string): Promise<Readable> {
  const start = await firstBytes(file);
  const raw = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  if (start[0] === 0x1f && start[1] === 0x8b) return forwardErrors(raw, createGunzip());
  if (start[0] === 0xff && start[1] === 0xfe) return forwardErrors(raw, fromUtf16());
  return raw;
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function fromUtf16(): Transform {
  const decoder = new TextDecoder('utf-16le');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8'));
    },
  });
}

function forwardErrors(from: Readable, through: Transform): Readable {
  from.on('error', (error) => through.destroy(error));
  through.on('close', () => from.destroy());
  return from.pipe(through);
}
