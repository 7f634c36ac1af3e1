import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { CLIP_NAMES, clip, concat, noise, silence } from '../../../test/fixtures/speech.js';
import { SILERO_WINDOW_SAMPLES, SileroDetector, sileroModelPath } from './silero.js';
import { batchedSilero } from './silero-graph.js';

const CONTEXT = 64;
const SHORTEST_MS = 4000;

function streams(): readonly Float32Array[] {
  const sounds = [...CLIP_NAMES.map((name) => concat(silence(200), clip(name))), noise(SHORTEST_MS, 3000)];
  const windows = Math.min(...sounds.map(({ length }) => Math.floor(length / SILERO_WINDOW_SAMPLES)));
  return sounds.map((pcm) =>
    Float32Array.from(pcm.subarray(0, windows * SILERO_WINDOW_SAMPLES), (value) => value / 32_768),
  );
}

async function byPublished(session: InferenceSession, stream: Float32Array): Promise<number[]> {
  const rate = new Tensor('int64', BigInt64Array.of(16_000n), []);
  const heard: number[] = [];
  let state: Tensor = new Tensor('float32', new Float32Array(256), [2, 1, 128]);
  for (let at = 0; at < stream.length; at += SILERO_WINDOW_SAMPLES) {
    const input = new Float32Array(CONTEXT + SILERO_WINDOW_SAMPLES);
    input.set(stream.subarray(Math.max(0, at - CONTEXT), at), at === 0 ? CONTEXT : 0);
    input.set(stream.subarray(at, at + SILERO_WINDOW_SAMPLES), CONTEXT);
    const result = await session.run({ input: new Tensor('float32', input, [1, input.length]), state, sr: rate });
    state = result['stateN'] ?? state;
    heard.push(Number(result['output']?.data[0]));
  }
  return heard;
}

it('agrees with the published graph to 5 digits, for each window of many streams in one batch', async () => {
  const all = streams();
  const detector = await SileroDetector.load();
  const published = await InferenceSession.create(sileroModelPath(), { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const expected = await Promise.all(all.map((stream) => byPublished(published, stream)));
  const heard = all.map(() => detector.createStream());
  let [worst, most, least] = [0, 0, 1];
  for (const [window] of (expected[0] ?? []).entries()) {
    const at = window * SILERO_WINDOW_SAMPLES;
    const round = heard.map((stream, i) => ({ stream, samples: all[i]!.subarray(at, at + SILERO_WINDOW_SAMPLES) }));
    for (const [i, probability] of (await detector.detect(round)).entries()) {
      worst = Math.max(worst, Math.abs(probability - expected[i]![window]!));
      most = Math.max(most, probability);
      least = Math.min(least, probability);
    }
  }
  expect([most > 0.9, least < 0.1]).toEqual([true, true]);
  expect(worst).toBeLessThan(1e-5);
  await Promise.all([detector.close(), published.release()]);
});

it('refuses an unknown graph', () => {
  const published = readFileSync(sileroModelPath());
  const renamed = Buffer.from(
    published.toString('latin1').replaceAll('decoder.rnn.weight_hh', 'decoder.rnn.weight_xx'),
    'latin1',
  );
  for (const bytes of [renamed, Buffer.alloc(0)])
    expect(() => batchedSilero(bytes)).toThrowError(expect.objectContaining({ code: 'model.corrupt' }));
});
