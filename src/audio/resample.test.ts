import { describe, expect, it } from 'vitest';
import { align, identical } from '../../test/fakes/sound.js';
import { concatFloat, int16ToFloat } from './pcm.js';
import { createResampler, resampleInt16 } from './resample.js';
import { clip } from '../../test/fixtures/speech.js';

const tone = (hz: number, rateHz: number, seconds = 1): Float32Array =>
  Float32Array.from({ length: rateHz * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rateHz));

async function resample(samples: Float32Array, inHz: number, outHz: number, pieceSamples = 1e9): Promise<Float32Array> {
  const resampler = await createResampler(inHz, outHz);
  const out: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += pieceSamples)
    out.push(resampler.process(samples.subarray(at, at + pieceSamples)));
  out.push(resampler.flush());
  resampler.close();
  return concatFloat(out);
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

describe('resampling', () => {
  it.each([
    [16_000, 24_000],
    [22_050, 24_000],
    [44_100, 24_000],
    [48_000, 16_000],
    [8000, 24_000],
    [24_000, 24_000],
  ])('keeps length, position and level from %i to %i Hz', async (inHz, outHz) => {
    const out = await resample(tone(440, inHz), inHz, outHz);
    expect(Math.abs(out.length - outHz)).toBeLessThanOrEqual(2);
    const wanted = tone(440, outHz);
    // Near the edges, the filter also sees the silence outside the sound.
    for (let i = 500; i < outHz - 500; i += 7) expect(Math.abs(out[i]! - wanted[i]!)).toBeLessThan(0.01);
  });

  it('has no aliasing', async () => {
    const out = await resample(tone(10_000, 24_000), 24_000, 16_000);
    expect(20 * Math.log10(rms(out.subarray(500, 15_500)) / rms(tone(10_000, 24_000)))).toBeLessThan(-60);
  });

  it('returns the same result for chunks of any size', async () => {
    const speech = int16ToFloat(clip('austen-0880'));
    expect(identical(await resample(speech, 16_000, 24_000, 37), await resample(speech, 16_000, 24_000))).toBe(true);
  });

  it('converts speech there and back unchanged, without a shift', async () => {
    const speech = clip('austen-0930');
    const back = await resampleInt16(await resampleInt16(speech, 16_000, 24_000), 24_000, 16_000);
    const { lag, correlation } = align(
      concatFloat([new Float32Array(160), int16ToFloat(speech)]),
      int16ToFloat(back),
      320,
    );
    expect(lag).toBe(160);
    expect(correlation).toBeGreaterThan(0.995);
  });

  it('keeps the states of many streams separate, and frees them', async () => {
    const input = tone(300, 16_000, 0.2);
    const expected = await resample(input, 16_000, 24_000);
    const streams = await Promise.all(Array.from({ length: 100 }, () => createResampler(16_000, 24_000)));
    const outs = streams.map((): Float32Array[] => []);
    for (let at = 0; at < input.length; at += 320)
      for (const [i, stream] of streams.entries()) outs[i]!.push(stream.process(input.subarray(at, at + 320)));
    for (const [i, stream] of streams.entries()) {
      outs[i]!.push(stream.flush());
      expect(identical(concatFloat(outs[i]!), expected)).toBe(true);
      stream.close();
      stream.close();
    }
    expect(() => streams[0]!.process(input)).toThrow('closed');
  });

  it('does not leak memory when streams come and go', async () => {
    await resample(tone(300, 16_000), 16_000, 24_000);
    const beforeBytes = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
    for (let i = 0; i < 2000; i++) (await createResampler(16_000, 24_000)).close();
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().external - beforeBytes).toBeLessThan(8e6);
  });

  it.each([0, 100, 1e6, 16_000.5, Number.NaN])('refuses a rate of %d', async (rateHz) => {
    await expect(createResampler(rateHz, 24_000)).rejects.toMatchObject({ code: 'audio.undecodable' });
  });
});
