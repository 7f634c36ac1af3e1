import { LISTEN_RATE_HZ } from '../../../audio/format.js';
import { Fft } from '../echo/fft.js';

/** Eight seconds at 16 kHz, the input length of smart-turn v3. */
export const WINDOW_SAMPLES = 128_000;
export const MELS = 80;
export const FRAMES = 800;

const FRAME_SAMPLES = 400;
const HOP_SAMPLES = 160;
const BINS = FRAME_SAMPLES / 2 + 1;
/** 400 is not a power of two. A transform of 400 therefore consists of 25 transforms of 16 and 16 transforms of 25. */
const SHORT = 16;
const LONG = 25;
const VARIANCE_FLOOR = 1e-7;
const MEL_FLOOR = 1e-10;
/** Values lie at most this many powers of ten below the highest value. */
const RANGE = 8;

interface Filter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

/**
 * Computes Whisper's log-mel features of the last 8 s, the input of smart-turn v3. Shorter audio is preceded by zeros.
 */
export class LogMel {
  readonly #fft = new Fft(SHORT);
  readonly #hann = Float64Array.from(
    { length: FRAME_SAMPLES },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME_SAMPLES),
  );
  readonly #cos = Float64Array.from({ length: FRAME_SAMPLES }, (_, i) => Math.cos((2 * Math.PI * i) / FRAME_SAMPLES));
  readonly #sin = Float64Array.from({ length: FRAME_SAMPLES }, (_, i) => -Math.sin((2 * Math.PI * i) / FRAME_SAMPLES));
  readonly #filters = slaneyFilters();
  readonly #sound = new Float64Array(WINDOW_SAMPLES);
  readonly #shortRe = new Float64Array(SHORT);
  readonly #shortIm = new Float64Array(SHORT);
  readonly #midRe = new Float64Array(FRAME_SAMPLES);
  readonly #midIm = new Float64Array(FRAME_SAMPLES);
  readonly #re = new Float64Array(FRAME_SAMPLES);
  readonly #im = new Float64Array(FRAME_SAMPLES);
  readonly #power = new Float64Array(2 * BINS);

  /** `pcm` is 16 kHz mono. Returns {@link MELS} rows of {@link FRAMES} values. */
  features(pcm: Int16Array): Float32Array {
    const silentSamples = this.#place(pcm);
    const out = new Float32Array(MELS * FRAMES);
    // All frames before the audio have the same values, so they are computed only once.
    const silentFrames = Math.max(0, Math.floor((silentSamples - FRAME_SAMPLES / 2) / HOP_SAMPLES));
    for (let frame = silentFrames; frame < FRAMES; frame += 2) this.#twoFrames(frame, out);
    let loudest = -Infinity;
    for (let mel = 0; mel < MELS; mel++) {
      const row = out.subarray(mel * FRAMES, (mel + 1) * FRAMES);
      row.fill(row[silentFrames] ?? 0, 0, silentFrames);
      for (const value of row) loudest = Math.max(loudest, value);
    }
    for (let i = 0; i < out.length; i++) out[i] = (Math.max(out[i] ?? 0, loudest - RANGE) + 4) / 4;
    return out;
  }

  #place(pcm: Int16Array): number {
    const heard = pcm.subarray(Math.max(0, pcm.length - WINDOW_SAMPLES));
    const before = WINDOW_SAMPLES - heard.length;
    let [sum, squares] = [0, 0];
    for (const value of heard) {
      sum += value / 32_768;
      squares += (value / 32_768) ** 2;
    }
    const mean = sum / WINDOW_SAMPLES;
    const scale = 1 / Math.sqrt(squares / WINDOW_SAMPLES - mean * mean + VARIANCE_FLOOR);
    this.#sound.fill(-mean * scale, 0, before);
    for (let i = 0; i < heard.length; i++) this.#sound[before + i] = ((heard[i] ?? 0) / 32_768 - mean) * scale;
    return before;
  }

  /** One complex transform serves both frames. */
  #twoFrames(frame: number, out: Float32Array): void {
    this.#transform(frame * HOP_SAMPLES - FRAME_SAMPLES / 2);
    for (let bin = 0; bin < BINS; bin++) {
      const mirrored = (FRAME_SAMPLES - bin) % FRAME_SAMPLES;
      const re = this.#re[bin] ?? 0;
      const im = this.#im[bin] ?? 0;
      const mirroredRe = this.#re[mirrored] ?? 0;
      const mirroredIm = this.#im[mirrored] ?? 0;
      this.#power[bin] = ((re + mirroredRe) ** 2 + (im - mirroredIm) ** 2) / 4;
      this.#power[BINS + bin] = ((im + mirroredIm) ** 2 + (mirroredRe - re) ** 2) / 4;
    }
    for (let i = 0; i < 2 && frame + i < FRAMES; i++)
      for (let mel = 0; mel < MELS; mel++) out[mel * FRAMES + frame + i] = this.#logOf(mel, i * BINS);
  }

  #logOf(mel: number, powerFrom: number): number {
    const filter = this.#filters[mel];
    if (filter === undefined) throw new RangeError('no such filter');
    const { firstBin, weights } = filter;
    const from = powerFrom + firstBin;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (this.#power[from + i] ?? 0);
    return Math.log10(Math.max(MEL_FLOOR, sum));
  }

  /** The frame at `from` is the real part, and the frame one hop later is the imaginary part. */
  #transform(from: number): void {
    for (let offset = 0; offset < LONG; offset++) {
      for (let i = 0; i < SHORT; i++) {
        const at = LONG * i + offset;
        const gain = this.#hann[at] ?? 0;
        this.#shortRe[i] = gain * this.#at(from + at);
        this.#shortIm[i] = gain * this.#at(from + HOP_SAMPLES + at);
      }
      this.#fft.forward(this.#shortRe, this.#shortIm);
      for (let k = 0; k < SHORT; k++) {
        const c = this.#cos[offset * k] ?? 0;
        const s = this.#sin[offset * k] ?? 0;
        const re = this.#shortRe[k] ?? 0;
        const im = this.#shortIm[k] ?? 0;
        this.#midRe[k * LONG + offset] = re * c - im * s;
        this.#midIm[k * LONG + offset] = re * s + im * c;
      }
    }
    for (let k = 0; k < SHORT; k++) this.#long(k);
  }

  /** A transform of size 25, which gives every 16th bin, beginning with bin `k`. */
  #long(k: number): void {
    const cos = this.#cos;
    const sin = this.#sin;
    const midRe = this.#midRe;
    const midIm = this.#midIm;
    for (let j = 0; j < LONG; j++) {
      let re = 0;
      let im = 0;
      let turn = 0;
      for (let at = k * LONG; at < (k + 1) * LONG; at++) {
        const c = cos[turn] ?? 0;
        const s = sin[turn] ?? 0;
        const x = midRe[at] ?? 0;
        const y = midIm[at] ?? 0;
        re += x * c - y * s;
        im += x * s + y * c;
        turn += SHORT * j;
        if (turn >= FRAME_SAMPLES) turn -= FRAME_SAMPLES;
      }
      this.#re[k + SHORT * j] = re;
      this.#im[k + SHORT * j] = im;
    }
  }

  /** Beyond its ends, the audio is mirrored. */
  #at(index: number): number {
    if (index < 0) return this.#sound[-index] ?? 0;
    return this.#sound[index < WINDOW_SAMPLES ? index : 2 * (WINDOW_SAMPLES - 1) - index] ?? 0;
  }
}

/** Returns triangular filters of equal area on Slaney's scale, which is linear below 1 kHz and logarithmic above. */
function slaneyFilters(): readonly Filter[] {
  const top = toMel(LISTEN_RATE_HZ / 2);
  const edges = Array.from({ length: MELS + 2 }, (_, i) => toHertz((top * i) / (MELS + 1)));
  return Array.from({ length: MELS }, (_, mel) => {
    const [low, centre, high] = [edges[mel] ?? 0, edges[mel + 1] ?? 0, edges[mel + 2] ?? 0];
    const weights = Float64Array.from({ length: BINS }, (_bin, i) => {
      const hz = (i * LISTEN_RATE_HZ) / FRAME_SAMPLES;
      const slope = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
      return (2 / (high - low)) * Math.max(0, slope);
    });
    const firstBin = weights.findIndex((weight) => weight > 0);
    const endBin = weights.findLastIndex((weight) => weight > 0) + 1;
    return { firstBin: Math.max(0, firstBin), weights: weights.slice(Math.max(0, firstBin), endBin) };
  });
}

const BREAK_HZ = 1000;
const BREAK_MEL = 15;
const LOG_STEP = Math.log(6.4) / 27;

function toMel(hz: number): number {
  return hz < BREAK_HZ ? (3 * hz) / 200 : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function toHertz(mel: number): number {
  return mel < BREAK_MEL ? (200 * mel) / 3 : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}
