import { describe, expect, it } from 'vitest';
import { random } from '../../../../test/fixtures/speech.js';
import { DELAYS, EchoSearch, MIC_SAMPLES } from './echo-search.js';
import { Fft } from './fft.js';

function whiteNoise(length: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length }, () => next() - 0.5);
}

describe('echo search', () => {
  const reference = whiteNoise(DELAYS + MIC_SAMPLES, 1);
  const search = new EchoSearch();

  it.each([0, 1, 1234, DELAYS - 1, DELAYS])('finds a copy %d samples late, inverted and quieter', (delay) => {
    const mic = reference.slice(DELAYS - delay, DELAYS - delay + MIC_SAMPLES).map((value) => value * -0.01);
    const found = search.find(mic, reference);
    expect(found.delay).toBe(delay);
    expect(found.explained).toBeCloseTo(1, 4);
  });

  it('reports the share of a mixture that a copy explains', () => {
    const other = whiteNoise(MIC_SAMPLES, 2);
    const mic = reference.slice(DELAYS - 500, DELAYS - 500 + MIC_SAMPLES).map((value, i) => value + (other[i] ?? 0));
    const found = search.find(mic, reference);
    expect(found.delay).toBe(500);
    expect(found.explained).toBeGreaterThan(0.4);
    expect(found.explained).toBeLessThan(0.6);
  });

  it('explains almost nothing of an unrelated sound, and nothing with silence as the reference', () => {
    expect(search.find(whiteNoise(MIC_SAMPLES, 3), reference).explained).toBeLessThan(0.02);
    expect(search.find(whiteNoise(MIC_SAMPLES, 3), new Float32Array(reference.length)).explained).toBe(0);
    expect(search.find(new Float32Array(MIC_SAMPLES), reference).explained).toBe(0);
  });
});

describe('FFT', () => {
  it('is the discrete Fourier transform', () => {
    const size = 64;
    const re = Float64Array.from(whiteNoise(size, 4));
    const im = Float64Array.from(whiteNoise(size, 5));
    const expected = Array.from({ length: size }, (_, k) => {
      let [sumRe, sumIm] = [0, 0];
      for (let n = 0; n < size; n++) {
        const angle = (-2 * Math.PI * k * n) / size;
        sumRe += re[n]! * Math.cos(angle) - im[n]! * Math.sin(angle);
        sumIm += re[n]! * Math.sin(angle) + im[n]! * Math.cos(angle);
      }
      return [sumRe, sumIm] as const;
    });
    new Fft(size).forward(re, im);
    for (const [k, [sumRe, sumIm]] of expected.entries()) {
      expect(re[k]).toBeCloseTo(sumRe, 9);
      expect(im[k]).toBeCloseTo(sumIm, 9);
    }
  });

  it('accepts only powers of two', () => {
    expect(() => new Fft(12)).toThrow(RangeError);
  });
});
