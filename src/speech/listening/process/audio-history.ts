import { samplesToMs } from '../utterance-options.js';
import type { PieceVoice } from '../listening-port.js';

interface Chunk {
  readonly startSample: number;
  readonly pcm: Int16Array;
  readonly probability: number;
}

/** The most recent audio of a turn, addressed by sample number. */
export class AudioHistory {
  #chunks: Chunk[] = [];
  #endSample = 0;

  /** `before` is audio that precedes the turn. Its sample numbers are negative, and it counts as silence. */
  constructor(before?: Int16Array) {
    if (before === undefined || before.length === 0) return;
    this.#endSample = -before.length;
    this.push(before, 0);
  }

  get endSample(): number {
    return this.#endSample;
  }

  get startSample(): number {
    return this.#chunks[0]?.startSample ?? this.#endSample;
  }

  /** The history takes over `pcm`. */
  push(pcm: Int16Array, probability: number): void {
    this.#chunks.push({ startSample: this.#endSample, pcm, probability });
    this.#endSample += pcm.length;
  }

  dropBefore(sample: number): void {
    const keep = this.#chunks.findIndex(({ startSample, pcm }) => startSample + pcm.length > sample);
    if (keep === -1) this.#chunks = [];
    else if (keep > 0) this.#chunks.splice(0, keep);
  }

  /** Samples that are no longer kept are left out. */
  slice(fromSample: number, toSample: number): Int16Array {
    const from = Math.max(fromSample, this.startSample);
    const to = Math.min(toSample, this.#endSample);
    const out = new Int16Array(Math.max(0, to - from));
    for (const { startSample, pcm } of this.#chunks) {
      const begin = Math.max(from, startSample);
      const end = Math.min(to, startSample + pcm.length);
      if (begin < end) out.set(pcm.subarray(begin - startSample, end - startSample), begin - from);
    }
    return out;
  }

  /** Returns the end of the window that is least like speech. A cut there does the least harm. */
  quietestEnd(fromSample: number): number {
    let best = this.#endSample;
    let lowest = Infinity;
    for (const { startSample, pcm, probability } of this.#chunks) {
      if (startSample < fromSample || probability > lowest) continue;
      lowest = probability;
      best = startSample + pcm.length;
    }
    return best;
  }

  /** Number of samples in windows with at least this probability of speech. */
  voicedSince(fromSample: number, probability: number): number {
    return this.#chunks.reduce(
      (sum, chunk) =>
        sum + (chunk.startSample >= fromSample && chunk.probability >= probability ? chunk.pcm.length : 0),
      0,
    );
  }

  voice(fromSample: number, toSample: number, probability: number): PieceVoice {
    let [samples, power, certainty] = [0, 0, 0];
    for (const chunk of this.#chunks) {
      if (chunk.startSample < fromSample || chunk.startSample >= toSample || chunk.probability < probability) continue;
      for (const value of chunk.pcm) power += value * value;
      samples += chunk.pcm.length;
      certainty += chunk.probability * chunk.pcm.length;
    }
    const mean = power / Math.max(1, samples);
    return {
      speechMs: samplesToMs(samples),
      levelDb: 10 * Math.log10(Math.max(1e-10, mean / 32_768 ** 2)),
      probability: certainty / Math.max(1, samples),
    };
  }
}
