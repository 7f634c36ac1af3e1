import { type FileHandle, open } from 'node:fs/promises';
import { WireFile } from '../../../platform/onnx/index.js';
import { type FileRecord, HashedFile } from '../hashed-file.js';
import { NotRewritable, planRewrite, type Segment } from './plan.js';

const CHUNK_BYTES = 256 * 1024;

export interface Rewritten extends FileRecord {
  /** Matrix products that are int8 now. */
  readonly products: number;
}

/**
 * Writes a copy of an ONNX model whose uint8 weights are int8, a quarter of a megabyte at a time. Errors:
 * {@link NotRewritable}, `data.disk_full`, `data.not_writable`, or the signal's reason.
 */
export async function rewriteToInt8(
  from: string,
  to: string,
  signal: AbortSignal,
  onProgress?: (writtenBytes: number, totalBytes: number) => void,
): Promise<Rewritten> {
  const plan = await planned(from);
  const source = await open(from, 'r');
  try {
    const target = await HashedFile.create(to);
    try {
      let written = 0;
      for (const segment of plan.segments) {
        for await (const chunk of contentOf(segment, source)) {
          signal.throwIfAborted();
          await target.write(chunk);
          written += chunk.length;
          onProgress?.(written, plan.sizeBytes);
        }
      }
      return { ...(await target.finish()), products: plan.products };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function planned(path: string): ReturnType<typeof planRewrite> {
  const file = await WireFile.open(path);
  try {
    return await planRewrite(file);
  } catch (error) {
    if (error instanceof RangeError) throw new NotRewritable(error.message, { cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

/** A chunk is valid until the next one is asked for. */
async function* contentOf(segment: Segment, source: FileHandle): AsyncGenerator<Uint8Array> {
  if (segment.type === 'bytes') {
    yield segment.bytes;
    return;
  }
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, segment.to - segment.from));
  for (let at = segment.from; at < segment.to;) {
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, segment.to - at), at);
    if (bytesRead === 0) throw new NotRewritable('the model became shorter while it was read');
    const chunk = buffer.subarray(0, bytesRead);
    // Less 128 in two's complement is the highest bit turned over.
    if (segment.type === 'shift') for (let i = 0; i < bytesRead; i++) chunk[i] = (chunk[i] ?? 0) ^ 0x80;
    yield chunk;
    at += bytesRead;
  }
}
