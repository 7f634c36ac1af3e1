import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { asChorusError, ChorusError } from '../../core/index.js';

/** A file that is checked before native code reads it, because a truncated file would make native code abort. */
export interface CheckedFile {
  /** Name in the model's specification. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Rejects with `model.corrupt` if the file cannot be read, or has changed since it was installed. */
export async function checkFile({ name, path, sizeBytes, sha256 }: CheckedFile): Promise<void> {
  try {
    const { size } = await stat(path);
    if (size !== sizeBytes) throw new ChorusError('model.corrupt', `${name} has ${size} bytes, not ${sizeBytes}`);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
    if (hash.digest('hex') !== sha256) throw new ChorusError('model.corrupt', `${name} is damaged: its hash is wrong`);
  } catch (error) {
    throw asChorusError(error, 'model.corrupt');
  }
}
