import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/index.js';
import { moonshineDecoder } from './moonshine-decoder.js';
import { packageRoot } from './package.js';

const folder = join(packageRoot('@moonshine-ai/moonshine-js') ?? '', 'dist/model/tiny/quantized');
const published = readFileSync(join(folder, 'decoder_model_merged.onnx'));
const random = seededRandom(1, 'moonshine');
const FRAMES = 20;
const HIDDEN = 288;
const hidden = new Tensor(
  'float32',
  Float32Array.from({ length: FRAMES * HIDDEN }, () => 2 * random() - 1),
  [1, FRAMES, HIDDEN],
);

/** Each step continues with the state of the previous one. */
async function logits(model: Uint8Array): Promise<readonly Float32Array[]> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const state: Record<string, Tensor> = {};
  for (const name of session.inputNames)
    if (name.startsWith('past')) state[name] = new Tensor('float32', new Float32Array(0), [0, 8, 1, 36]);
  const steps: Float32Array[] = [];
  for (const [step, token] of [1n, 450n, 29_892n, 31_999n].entries()) {
    const out = await session.run({
      ...state,
      input_ids: new Tensor('int64', BigInt64Array.of(token), [1, 1]),
      encoder_hidden_states: hidden,
      use_cache_branch: new Tensor('bool', [step > 0], [1]),
    });
    for (const name of Object.keys(state)) {
      const present = out[name.replace('past_key_values', 'present')];
      if (present && (step === 0 || name.includes('decoder'))) state[name] = present;
    }
    steps.push(out['logits']?.data as Float32Array);
  }
  await session.release();
  return steps;
}

describe('the rewritten decoder', () => {
  let before: readonly Float32Array[];
  let after: readonly Float32Array[];
  beforeAll(async () => {
    before = await logits(published);
    after = await logits(moonshineDecoder(published));
  }, 60_000);

  it('returns the logits of the published decoder to thirteen bits of precision, for first and later tokens', () => {
    expect(before.map(({ length }) => length)).toEqual([32_768, 32_768, 32_768, 32_768]);
    for (const [step, expected] of before.entries()) {
      const range = Math.max(...expected) - Math.min(...expected);
      const error = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (after[step]?.[i] ?? NaN))), 0);
      expect(error / range).toBeLessThan(2 ** -13);
    }
  });

  it('is made only from the published graph, and not from any other', () => {
    const encoder = readFileSync(join(folder, 'encoder_model.onnx'));
    expect(() => moonshineDecoder(encoder)).toThrow(expect.objectContaining({ code: 'model.corrupt' }) as Error);
    // A rewritten decoder no longer contains the original matrix product.
    const again = (): Uint8Array => moonshineDecoder(moonshineDecoder(published));
    expect(again).toThrow(expect.objectContaining({ code: 'model.corrupt' }) as Error);
  });
});
