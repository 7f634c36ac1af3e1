import { floatToInt16, int16ToFloat } from '../../src/audio/index.js';
import { lufs, LoudnessMeter } from '../../src/audio/loudness.js';

/** Loudness of mono speech according to ITU-R BS.1770. */
export function loudnessOf(samples: Float32Array, rateHz: number): number {
  const meter = new LoudnessMeter(rateHz);
  meter.push(samples);
  const measured = meter.measured();
  if (!measured) throw new Error('nothing but silence');
  return lufs(measured);
}

/**
 * Finds where `part` is in `whole`, at most `maxLag` from the expected position. Returns the position and the
 * normalised correlation (-1..1).
 */
export function align(
  whole: Float32Array,
  part: Float32Array,
  maxLag: number,
): { readonly lag: number; readonly correlation: number } {
  const coarse = bestLag(decimate(whole), decimate(part), 0, Math.floor(maxLag / STEP));
  return bestLag(whole, part, Math.max(0, (coarse.lag - 2) * STEP), (coarse.lag + 2) * STEP);
}

const STEP = 8;

function decimate(samples: Float32Array): Float32Array {
  const out = new Float32Array(Math.floor(samples.length / STEP));
  for (let i = 0; i < out.length; i++) for (let j = 0; j < STEP; j++) out[i]! += samples[i * STEP + j]! / STEP;
  return out;
}

function bestLag(
  whole: Float32Array,
  part: Float32Array,
  from: number,
  to: number,
): { lag: number; correlation: number } {
  let best = { lag: from, correlation: -1 };
  for (let lag = from; lag <= to; lag++) {
    const correlation = correlate(whole, part, lag);
    if (correlation > best.correlation) best = { lag, correlation };
  }
  return best;
}

function correlate(whole: Float32Array, part: Float32Array, lag: number): number {
  let cross = 0;
  let wholeEnergy = 0;
  let partEnergy = 0;
  const length = Math.min(part.length, whole.length - lag);
  for (let i = 0; i < length; i++) {
    const a = whole[lag + i]!;
    const b = part[i]!;
    cross += a * b;
    wholeEnergy += a * a;
    partEnergy += b * b;
  }
  for (let i = length; i < part.length; i++) partEnergy += part[i]! ** 2;
  return cross / Math.sqrt(wholeEnergy * partEnergy || 1);
}

/** Absolute third difference of the samples at `at`. At a click it is much larger than in speech. */
function thirdDifference(samples: Float32Array, at: number): number {
  return Math.abs(samples[at - 2]! - 3 * samples[at - 1]! + 3 * samples[at]! - samples[at + 1]!);
}

/**
 * Looks for clicks where pieces of sound are joined. Returns the largest third difference within a sample of a joint,
 * relative to the largest of the 10 ms around it. In speech the result stays near or below 1; a step of a twentieth of
 * the level makes it much larger.
 */
export function worstBorder(samples: Float32Array, everySamples: number): number {
  let worst = 0;
  for (let border = everySamples; border + 200 < samples.length; border += everySamples) {
    let around = 1e-3;
    for (let i = border - 120; i < border + 120; i++)
      if (Math.abs(i - border) > 3) around = Math.max(around, thirdDifference(samples, i));
    for (let i = border - 1; i <= border + 1; i++) worst = Math.max(worst, thirdDifference(samples, i) / around);
  }
  return worst;
}

/** Whether both are the same bit for bit. (Test runners take seconds to compare minutes of sound.) */
export function identical(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((sample, i) => Object.is(sample, b[i]));
}

export function peakOf(samples: Float32Array): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}

/**
 * A synthetic voice: the harmonics of a gliding tone, in syllables. It is always the same and clearly differs from the
 * recorded voices.
 */
export function syntheticVoice(options: {
  readonly rateHz: number;
  readonly seconds: number;
  readonly pitchHz: number;
  readonly level: number;
}): Int16Array {
  const { rateHz, seconds, pitchHz, level } = options;
  let phase = 0;
  return Int16Array.from({ length: rateHz * seconds }, (_, i) => {
    const t = i / rateHz;
    phase += (2 * Math.PI * pitchHz * (1 + 0.15 * Math.sin(2 * Math.PI * 0.7 * t))) / rateHz;
    let value = 0;
    for (let harmonic = 1; harmonic <= 12 && harmonic * pitchHz < rateHz / 2.5; harmonic++)
      value += Math.sin(harmonic * phase) / harmonic ** 1.2;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2.2 * t)) ** 0.5;
    return Math.round(value * syllable * level * 12_000);
  });
}

/** The level above which {@link applyGain} compresses, relative to full scale. */
const KNEE = 0.7;

/**
 * Multiplies the samples by `gain`. Above 0.7 of full scale they follow a curve that stays below 1, so that nothing is
 * clipped.
 */
export function applyGain(pcm: Int16Array, gain: number): Int16Array {
  return floatToInt16(
    int16ToFloat(pcm).map((sample) => {
      const size = Math.abs(sample * gain);
      const bent = size <= KNEE ? size : KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE)) * 0.999;
      return sample < 0 ? -bent : bent;
    }),
  );
}
