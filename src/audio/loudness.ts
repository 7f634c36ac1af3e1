import { concatFloat } from './pcm.js';
import { PeakLimiter } from './limiter.js';

/**
 * Middle of the range of -16 to -20 LUFS that AES TD1004 recommends for streams. A higher level would limit many peaks.
 */
export const SPEECH_TARGET_LUFS = -18;
/** -2 dBFS, because Opus overshoots and the device would clip. */
const CEILING = 10 ** (-2 / 20);
/**
 * ITU-R BS.1770 measures blocks of 400 ms, one every 100 ms. Blocks below -70 LUFS are ignored, and so are blocks more
 * than 10 LU below the mean.
 */
const HOP_MS = 100;
const HOPS_PER_BLOCK = 4;
const ABSOLUTE_GATE_LUFS = -70;
const RELATIVE_GATE_LU = 10;
/** Number of blocks in a minute of speech. A meter measures no more, and merging gives older speech less weight. */
const MAX_BLOCKS = 600;
/** A higher gain could bring quiet noise to the level of speech. */
const MAX_GAIN_DB = 27;
const MIN_GAIN_DB = -24;
/** An unknown voice is measured for this much speech, or for at most {@link MAX_LEARN_MS} of audio. */
const LEARN_MS = 3000;
const MAX_LEARN_MS = 5000;

/** The mean K-weighted power of a voice's speech, and the number of measured blocks. */
export interface VoiceLoudness {
  readonly power: number;
  readonly blocks: number;
}

export function lufs(loudness: VoiceLoudness): number {
  return powerToLufs(loudness.power);
}

/** Once both together exceed a minute, the older measurement loses weight. */
export function mergeLoudness(older: VoiceLoudness | undefined, newer: VoiceLoudness): VoiceLoudness {
  if (!older) return newer;
  const kept = Math.min(older.blocks, Math.max(0, MAX_BLOCKS - newer.blocks));
  const blocks = kept + newer.blocks;
  return { power: (older.power * kept + newer.power * newer.blocks) / blocks, blocks };
}

function powerToLufs(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

/** Measures the gated loudness of streamed mono speech (ITU-R BS.1770-4). */
export class LoudnessMeter {
  readonly #shelf: Biquad;
  readonly #highPass: Biquad;
  readonly #hopSamples: number;
  readonly #hops: number[] = [];
  readonly #blocks: number[] = [];
  #sum = 0;
  #inHop = 0;

  constructor(rateHz: number) {
    [this.#shelf, this.#highPass] = kWeighting(rateHz);
    this.#hopSamples = Math.round((rateHz * HOP_MS) / 1000);
  }

  push(samples: Float32Array): void {
    for (let at = 0; at < samples.length;) {
      const end = Math.min(samples.length, at + this.#hopSamples - this.#inHop);
      let sum = this.#sum;
      this.#inHop += end - at;
      for (; at < end; at++) {
        const value = this.#highPass.step(this.#shelf.step(samples[at] ?? 0));
        sum += value * value;
      }
      this.#sum = sum;
      if (this.#inHop === this.#hopSamples) this.#endHop();
    }
  }

  /** Undefined if there was only silence so far, or less than 100 ms of sound. */
  measured(): VoiceLoudness | undefined {
    // Speech shorter than a block is measured in steps of 100 ms.
    const blocks = this.#blocks.length > 0 ? this.#blocks : this.#hops.length > 0 ? [mean(this.#hops)] : [];
    const audible = blocks.filter((power) => power > 0 && powerToLufs(power) > ABSOLUTE_GATE_LUFS);
    if (audible.length === 0) return undefined;
    const gate = powerToLufs(mean(audible)) - RELATIVE_GATE_LU;
    const speech = audible.filter((power) => powerToLufs(power) > gate);
    return { power: mean(speech), blocks: speech.length };
  }

  #endHop(): void {
    this.#hops.push(this.#sum / this.#inHop);
    if (this.#hops.length > HOPS_PER_BLOCK) this.#hops.shift();
    if (this.#hops.length === HOPS_PER_BLOCK && this.#blocks.length < MAX_BLOCKS) this.#blocks.push(mean(this.#hops));
    this.#sum = 0;
    this.#inHop = 0;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Brings one sentence to the target loudness. One gain for the whole sentence avoids pumping. Speech of an unknown
 * voice is buffered until the gain is known.
 */
export class LoudnessLeveler {
  readonly #meter: LoudnessMeter;
  readonly #limiter: PeakLimiter;
  readonly #rateHz: number;
  readonly #hopSamples: number;
  readonly #target: number;
  #gain: number | undefined;
  #held: Float32Array[] = [];
  #heldSamples = 0;

  constructor(options: {
    readonly rateHz: number;
    readonly targetLufs: number;
    readonly known: VoiceLoudness | undefined;
  }) {
    this.#rateHz = options.rateHz;
    this.#hopSamples = Math.round((options.rateHz * HOP_MS) / 1000);
    this.#meter = new LoudnessMeter(options.rateHz);
    this.#limiter = new PeakLimiter(options.rateHz, CEILING);
    this.#target = options.targetLufs;
    if (options.known) this.#gain = this.#gainFor(options.known);
  }

  push(samples: Float32Array): Float32Array {
    if (this.#gain !== undefined) return this.#scale(samples);
    // Measures whole hops, so that the gain does not depend on the sizes of the chunks.
    let at = 0;
    while (at < samples.length && this.#gain === undefined) {
      const piece = samples.subarray(at, at + this.#hopSamples - (this.#heldSamples % this.#hopSamples));
      at += piece.length;
      this.#meter.push(piece);
      this.#held.push(piece.slice());
      this.#heldSamples += piece.length;
      if (this.#heldSamples % this.#hopSamples === 0 && this.#learned()) this.#gain = this.#learnedGain();
    }
    if (this.#gain === undefined) return new Float32Array(0);
    const held = this.#held;
    this.#held = [];
    return concatFloat([
      this.#limiter.process(scaled(concatFloat(held), this.#gain)),
      this.#scale(samples.subarray(at)),
    ]);
  }

  end(): Float32Array {
    this.#gain ??= this.#learnedGain();
    return concatFloat([this.#limiter.process(scaled(concatFloat(this.#held), this.#gain)), this.#limiter.flush()]);
  }

  /** Loudness of the sentence before the gain was applied. */
  measured(): VoiceLoudness | undefined {
    return this.#meter.measured();
  }

  #learned(): boolean {
    const heldMs = (this.#heldSamples * 1000) / this.#rateHz;
    return (
      heldMs >= MAX_LEARN_MS ||
      (this.#meter.measured()?.blocks ?? 0) * HOP_MS >= LEARN_MS - (HOPS_PER_BLOCK - 1) * HOP_MS
    );
  }

  #scale(samples: Float32Array): Float32Array {
    this.#meter.push(samples);
    return this.#limiter.process(scaled(samples, this.#gain ?? 1));
  }

  #learnedGain(): number {
    const known = this.#meter.measured();
    return known ? this.#gainFor(known) : 1;
  }

  #gainFor(known: VoiceLoudness): number {
    const db = Math.min(MAX_GAIN_DB, Math.max(MIN_GAIN_DB, this.#target - lufs(known)));
    return 10 ** (db / 20);
  }
}

function scaled(samples: Float32Array, gain: number): Float32Array {
  const louder = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) louder[i] = (samples[i] ?? 0) * gain;
  return louder;
}

class Biquad {
  #x1 = 0;
  #x2 = 0;
  #y1 = 0;
  #y2 = 0;

  readonly #b0: number;
  readonly #b1: number;
  readonly #b2: number;
  readonly #a1: number;
  readonly #a2: number;

  /** The coefficients are normalised to a0 = 1. */
  constructor(b: readonly [number, number, number], a: readonly [number, number]) {
    [this.#b0, this.#b1, this.#b2] = b;
    [this.#a1, this.#a2] = a;
  }

  step(x: number): number {
    const y = this.#b0 * x + this.#b1 * this.#x1 + this.#b2 * this.#x2 - this.#a1 * this.#y1 - this.#a2 * this.#y2;
    this.#x2 = this.#x1;
    this.#x1 = x;
    this.#y2 = this.#y1;
    this.#y1 = y;
    return y;
  }
}

/**
 * The two filters of BS.1770 for any sample rate. The standard lists coefficients for 48 kHz only, so they are computed
 * from the analogue filters.
 */
function kWeighting(rateHz: number): [Biquad, Biquad] {
  const [shelf, highPass] = kWeightingCoefficients(rateHz);
  return [new Biquad(shelf.b, shelf.a), new Biquad(highPass.b, highPass.a)];
}

interface BiquadCoefficients {
  readonly b: [number, number, number];
  readonly a: [number, number];
}

export function kWeightingCoefficients(rateHz: number): readonly [BiquadCoefficients, BiquadCoefficients] {
  const shelf = { hz: 1681.974450955533, q: 0.7071752369554196, db: 3.999843853973347 };
  const k = Math.tan((Math.PI * shelf.hz) / rateHz);
  const vh = 10 ** (shelf.db / 20);
  const vb = vh ** 0.4996667741545416;
  const a0 = 1 + k / shelf.q + k * k;
  const high = { hz: 38.13547087602444, q: 0.5003270373238773 };
  const h = Math.tan((Math.PI * high.hz) / rateHz);
  const h0 = 1 + h / high.q + h * h;
  return [
    {
      b: [(vh + (vb * k) / shelf.q + k * k) / a0, (2 * (k * k - vh)) / a0, (vh - (vb * k) / shelf.q + k * k) / a0],
      a: [(2 * (k * k - 1)) / a0, (1 - k / shelf.q + k * k) / a0],
    },
    { b: [1, -2, 1], a: [(2 * (h * h - 1)) / h0, (1 - h / high.q + h * h) / h0] },
  ];
}
