import { createHash } from 'node:crypto';
import { serveChild } from '../../processes/child-main.js';
import { NotRewritable } from './plan.js';
import type { DigestAnswer, Int8Call, RewriteAnswer, RewriteProgress } from './protocol.js';
import { rewriteToInt8 } from './rewrite.js';

// Entry of the process that rewrites a model and of those that run it for comparison: half a gigabyte and native code
// that aborts on a damaged model have no place in the server.

const PROGRESS_BYTES = 8 * 2 ** 20;
/** 0.3, 2 and 5 seconds of sound: kernels differ by the number of rows. */
const FRAMES = [5, 33, 83];
const FEATURES = 560;
/** `with_itn` of SenseVoice: punctuation and digits. */
const WITH_ITN = 14;

const child = serveChild({
  init: () => Promise.resolve(),
  call: (request, signal) => {
    const call = request as Int8Call; // Both ends are the same build.
    return call.type === 'rewrite' ? rewrite(call.from, call.to, signal) : digest(call.model);
  },
});

async function rewrite(from: string, to: string, signal: AbortSignal): Promise<RewriteAnswer> {
  let toldBytes = 0;
  try {
    return await rewriteToInt8(from, to, signal, (writtenBytes, totalBytes) => {
      if (writtenBytes - toldBytes < PROGRESS_BYTES) return;
      toldBytes = writtenBytes;
      child.emit({ writtenBytes, totalBytes } satisfies RewriteProgress);
    });
  } catch (error) {
    if (error instanceof NotRewritable) return { refused: error.message };
    throw error;
  }
}

async function digest(model: string): Promise<DigestAnswer> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const digests: string[] = [];
  for (const frames of FRAMES) {
    const { logits } = await session.run({
      x: new Tensor('float32', noise(frames * FEATURES), [1, frames, FEATURES]),
      x_length: new Tensor('int32', Int32Array.of(frames), [1]),
      language: new Tensor('int32', Int32Array.of(0), [1]),
      text_norm: new Tensor('int32', Int32Array.of(WITH_ITN), [1]),
    });
    const data = logits?.data as Float32Array;
    digests.push(
      createHash('sha256')
        .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
        .digest('hex'),
    );
  }
  return { digests };
}

/** -2 .. 2, as normalised features are; the same in every process. */
function noise(length: number): Float32Array {
  const values = new Float32Array(length);
  let seed = 1;
  for (let i = 0; i < length; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    values[i] = (seed / 2_147_483_648 - 0.5) * 4;
  }
  return values;
}
