import { describe, expect, it } from 'vitest';
import { Resampler } from './resampler.js';

const sine = (hz: number, rateHz: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rateHz));

function inBlocks(resampler: Resampler, input: Float32Array, block: number): Float32Array {
  const parts: number[] = [];
  for (let at = 0; at < input.length; at += block) parts.push(...resampler.push(input.subarray(at, at + block)));
  return Float32Array.from(parts);
}

const rms = (samples: Float32Array): number => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

describe('a stream at another rate', () => {
  it.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [48_000, 44_100],
    [24_000, 48_000],
  ])('from %i to %i Hz keeps a tone of speech, with blocks of any size', (fromHz, toHz) => {
    const out = inBlocks(new Resampler(fromHz, toHz), sine(1000, fromHz, fromHz), 128);
    expect(Math.abs(out.length - toHz)).toBeLessThan(toHz / 100);
    // Once the filter is filled, the result must be the same tone at the other rate, sample for sample.
    const wanted = sine(1000, toHz, out.length);
    let worst = 0;
    for (let i = 200; i < out.length; i++) worst = Math.max(worst, Math.abs((out[i] ?? 0) - (wanted[i] ?? 0)));
    expect(worst).toBeLessThan(0.003);
    const otherwise = inBlocks(new Resampler(fromHz, toHz), sine(1000, fromHz, fromHz), 777);
    expect(otherwise.length).toBeGreaterThan(toHz * 0.98);
    expect(
      Math.max(...Array.from(otherwise.subarray(0, out.length), (x, i) => Math.abs(x - (out[i] ?? x)))),
    ).toBeLessThan(1e-6);
  });

  it('has no aliasing at a lower rate', () => {
    const out = inBlocks(new Resampler(48_000, 16_000), sine(11_000, 48_000, 48_000), 128);
    expect(20 * Math.log10(rms(out.subarray(200)) / Math.SQRT1_2)).toBeLessThan(-60);
  });

  it('leaves sound at the target rate unchanged', () => {
    const input = sine(440, 16_000, 100);
    expect(new Resampler(16_000, 16_000).push(input)).toBe(input);
  });
});
