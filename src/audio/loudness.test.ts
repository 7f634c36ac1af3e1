import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identical, loudnessOf, peakOf, syntheticVoice } from '../../test/fakes/sound.js';
import { clip, CLIP_NAMES } from '../../test/fixtures/speech.js';
import { PeakLimiter } from './limiter.js';
import {
  kWeightingCoefficients,
  LoudnessLeveler,
  LoudnessMeter,
  lufs,
  mergeLoudness,
  type VoiceLoudness,
} from './loudness.js';
import { concatFloat, int16ToFloat } from './pcm.js';

const tone = (hz: number, rateHz: number, level: number, seconds = 3): Float32Array =>
  Float32Array.from({ length: rateHz * seconds }, (_, i) => level * Math.sin((2 * Math.PI * hz * i) / rateHz));

function level(
  samples: Float32Array,
  options: { known?: VoiceLoudness; piece?: number; rateHz?: number } = {},
): { out: Float32Array; measured: VoiceLoudness | undefined } {
  const leveler = new LoudnessLeveler({ rateHz: options.rateHz ?? 24_000, targetLufs: -18, known: options.known });
  const out: Float32Array[] = [];
  const piece = options.piece ?? 1440;
  for (let at = 0; at < samples.length; at += piece) out.push(leveler.push(samples.subarray(at, at + piece)));
  out.push(leveler.end());
  return { out: concatFloat(out), measured: leveler.measured() };
}

describe('the meter', () => {
  it('uses the filters that BS.1770 prints for 48 kHz', () => {
    const [shelf, high] = kWeightingCoefficients(48_000);
    const printed = [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585];
    for (const [i, value] of [...shelf.b, ...shelf.a].entries()) expect(value).toBeCloseTo(printed[i]!, 8);
    for (const [i, value] of high.a.entries()) expect(value).toBeCloseTo([-1.99004745483398, 0.99007225036621][i]!, 8);
  });

  it.each([16_000, 24_000, 48_000])(
    'reads a full-scale tone of 997 Hz at %i Hz as -3.01 LUFS, as the standard says',
    (rateHz) => {
      expect(loudnessOf(tone(997, rateHz, 1), rateHz)).toBeCloseTo(-3.01, 1);
      expect(loudnessOf(tone(997, rateHz, 0.1), rateHz)).toBeCloseTo(-23.01, 1);
    },
  );

  it('does not count pauses', () => {
    const speech = tone(300, 24_000, 0.2);
    expect(loudnessOf(concatFloat([speech, new Float32Array(24_000 * 6), speech]), 24_000)).toBeCloseTo(
      loudnessOf(speech, 24_000),
      0,
    );
  });

  it('measures nothing in silence, and something in a single word', () => {
    const meter = new LoudnessMeter(24_000);
    meter.push(new Float32Array(24_000));
    expect(meter.measured()).toBeUndefined();
    const word = new LoudnessMeter(24_000);
    word.push(tone(997, 24_000, 0.1, 0.25));
    expect(lufs(word.measured()!)).toBeCloseTo(-23, 0);
  });

  it('merges its measurements, and slowly forgets older ones', () => {
    expect(mergeLoudness(undefined, { power: 1, blocks: 5 })).toEqual({ power: 1, blocks: 5 });
    expect(mergeLoudness({ power: 1, blocks: 10 }, { power: 2, blocks: 10 })).toEqual({ power: 1.5, blocks: 20 });
    let voice: VoiceLoudness | undefined;
    for (let i = 0; i < 100; i++) voice = mergeLoudness(voice, { power: 1, blocks: 20 });
    for (let i = 0; i < 100; i++) voice = mergeLoudness(voice, { power: 4, blocks: 20 });
    expect(voice!.blocks).toBeLessThanOrEqual(600);
    expect(voice!.power).toBeGreaterThan(3.5);
  });
});

describe('levelling', () => {
  it('brings each clip near the target, without clipping, and keeps its length', () => {
    for (const name of CLIP_NAMES) {
      for (const gain of [0.1, 1, 4]) {
        const samples = int16ToFloat(clip(name)).map((sample) => sample * gain);
        const { out } = level(samples, { rateHz: 16_000 });
        expect(out).toHaveLength(samples.length);
        expect(peakOf(out)).toBeLessThanOrEqual(10 ** (-2 / 20) + 1e-6);
        expect(Math.abs(loudnessOf(out, 16_000) + 18)).toBeLessThan(2.5);
      }
    }
  });

  it('uses one gain per sentence, so that there is no pumping', () => {
    const voice = int16ToFloat(syntheticVoice({ rateHz: 24_000, seconds: 5, pitchHz: 150, level: 0.1 }));
    const { out } = level(voice);
    const ratios = [...voice.entries()]
      .filter(([, sample]) => Math.abs(sample) > 0.005)
      .map(([i, sample]) => out[i]! / sample);
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeLessThan(1.001);
  });

  it('does not depend on the chunking of the sentence', () => {
    const samples = int16ToFloat(clip('austen-0890'));
    expect(identical(level(samples, { piece: 77 }).out, level(samples, { piece: samples.length }).out)).toBe(true);
  });

  it('limits the gain of noise, and does not change silence', () => {
    expect(peakOf(level(new Float32Array(48_000)).out)).toBe(0);
    expect(peakOf(level(tone(300, 24_000, 0.0005)).out)).toBeLessThan(0.0005 * 23);
  });
});

describe('the limiter', () => {
  it('keeps every sample within the ceiling and passes quieter sound unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 900 }),
        fc.integer({ min: 1, max: 200 }),
        (values, piece) => {
          const limiter = new PeakLimiter(24_000, 0.8);
          const samples = Float32Array.from(values);
          const out: Float32Array[] = [];
          for (let at = 0; at < samples.length; at += piece)
            out.push(limiter.process(samples.subarray(at, at + piece)));
          out.push(limiter.flush());
          const whole = concatFloat(out);
          expect(whole).toHaveLength(samples.length);
          expect(peakOf(whole)).toBeLessThanOrEqual(0.8 + 1e-6);
          const soft = samples.map((sample) => sample / 6);
          const untouched = new PeakLimiter(24_000, 0.8);
          const passed = concatFloat([untouched.process(soft), untouched.flush()]);
          for (const [i, sample] of soft.entries()) expect(Math.abs(passed[i]! - sample)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lowers the gain before a peak, not during it', () => {
    const samples = tone(200, 24_000, 0.5, 0.5);
    samples[6000] = 3;
    const limiter = new PeakLimiter(24_000, 0.8);
    const out = concatFloat([limiter.process(samples), limiter.flush()]);
    const gainAt = (i: number): number => out[i]! / samples[i]!;
    expect(gainAt(6000 - 200)).toBeCloseTo(1, 3);
    expect(gainAt(6000 - 50)).toBeLessThan(0.9);
    expect(out[6000]!).toBeCloseTo(0.8, 3);
    expect(gainAt(11_900)).toBeGreaterThan(0.9);
  });
});
