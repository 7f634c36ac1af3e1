import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIP_NAMES, clip, concat, hum, noise, silence } from '../../../test/fixtures/speech.js';
import type { VadWindow } from './vad-port.js';
import { SILERO_WINDOW_SAMPLES, SileroDetector } from './silero.js';

let detector: SileroDetector;
beforeAll(async () => {
  detector = await SileroDetector.load();
});
afterAll(() => detector.close());

function windows(pcm: Int16Array): Float32Array[] {
  return Array.from({ length: Math.floor(pcm.length / SILERO_WINDOW_SAMPLES) }, (_, i) =>
    Float32Array.from(
      pcm.subarray(i * SILERO_WINDOW_SAMPLES, (i + 1) * SILERO_WINDOW_SAMPLES),
      (value) => value / 32_768,
    ),
  );
}

async function alone(pcm: Int16Array): Promise<number[]> {
  const stream = detector.createStream();
  const result: number[] = [];
  for (const samples of windows(pcm)) result.push((await detector.detect([{ stream, samples }]))[0]!);
  return result;
}

describe('Silero', () => {
  it('gives the same probabilities in a batch as alone, to 5 digits', async () => {
    const clips = CLIP_NAMES.map((name, i) => concat(silence(100 * i), clip(name)));
    const single = await Promise.resolve().then(async () => {
      const all: number[][] = [];
      for (const pcm of clips) all.push(await alone(pcm));
      return all;
    });
    const streams = clips.map((pcm) => ({
      stream: detector.createStream(),
      windows: windows(pcm),
      heard: [] as number[],
    }));
    // The streams have different lengths, so that the batch shrinks as they end.
    for (let i = 0; streams.some((s) => i < s.windows.length); i++) {
      const active = streams.filter((s) => i < s.windows.length);
      const round: VadWindow[] = active.map((s) => ({ stream: s.stream, samples: s.windows[i]! }));
      const probabilities = await detector.detect(round);
      for (const [k, s] of active.entries()) s.heard.push(probabilities[k]!);
    }
    const worst = Math.max(...streams.flatMap((s, k) => s.heard.map((p, i) => Math.abs(p - single[k]![i]!))));
    expect(worst).toBeLessThan(1e-5);
  });

  it.each(CLIP_NAMES)('finds the speech in %s and the silence around it', async (name) => {
    const probabilities = await alone(concat(silence(1000), clip(name), silence(1000)));
    expect(Math.max(...probabilities.slice(0, 30))).toBeLessThan(0.3);
    const body = probabilities.slice(32, -32);
    expect(body.filter((p) => p > 0.5).length / body.length).toBeGreaterThan(0.7);
    expect(Math.max(...probabilities.slice(-15))).toBeLessThan(0.3);
  });

  it.each([
    ['silence', silence(4000)],
    ['quiet noise', noise(4000, 100)],
    ['loud noise', noise(4000, 3000)],
    ['hum', hum(4000, 6000)],
  ])('hears no speech in %s', async (_name, pcm) => {
    expect(Math.max(...(await alone(pcm)))).toBeLessThan(0.5);
  });

  it('starts again after reset', async () => {
    const stream = detector.createStream();
    const input = windows(clip('austen-0880'));
    const listen = async (): Promise<number[]> => {
      const heard: number[] = [];
      for (const samples of input) heard.push((await detector.detect([{ stream, samples }]))[0]!);
      return heard;
    };
    const first = await listen();
    stream.reset();
    expect(await listen()).toEqual(first);
  });

  it('reports a broken model file as a corrupt model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chorus-vad-'));
    const file = join(folder, 'broken.onnx');
    await writeFile(file, 'not a model');
    await expect(SileroDetector.load(file)).rejects.toMatchObject({ code: 'model.corrupt' });
    await rm(folder, { recursive: true });
  });

  it('refuses a window of another length', async () => {
    const stream = detector.createStream();
    await expect(detector.detect([{ stream, samples: new Float32Array(256) }])).rejects.toMatchObject({
      code: 'internal',
    });
  });
});
