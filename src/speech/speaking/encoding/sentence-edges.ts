import { concatFloat, rmsDbfs } from '../../../audio/index.js';

const BLOCK_MS = 10;
/** Below this level, there is only breath and noise. Speech was normalised to -18 LUFS before, 28 dB higher. */
const SILENCE_DBFS = -46;
/** Blocks kept before the first sound, so that a soft consonant is not cut. */
const LEADING_BLOCKS = 3;
const FADE_MS = 5;
/** Longest pause within a sentence. A longer pause is a defect of the voice and is shortened. */
const MAX_PAUSE_BLOCKS = 300;

/**
 * Trims the silence that voices add around a sentence to 30 ms before it and `trailingMs` after it. Fades both edges to
 * avoid clicks. Keeps the pauses within the sentence.
 */
export class SentenceEdges {
  readonly #blockSamples: number;
  readonly #fadeSamples: number;
  readonly #trailingBlocks: number;
  #partial = new Float32Array(0);
  /** Before the first sound, the last silent blocks. Later, the last sound and the silence after it. */
  #held: Float32Array[] = [];
  #begun = false;

  constructor(options: { readonly rateHz: number; readonly trailingMs: number }) {
    this.#blockSamples = Math.round((options.rateHz * BLOCK_MS) / 1000);
    this.#fadeSamples = Math.round((options.rateHz * FADE_MS) / 1000);
    this.#trailingBlocks = Math.round(options.trailingMs / BLOCK_MS);
  }

  push(samples: Float32Array): Float32Array {
    const all = this.#partial.length > 0 ? concatFloat([this.#partial, samples]) : samples;
    const out: Float32Array[] = [];
    let at = 0;
    for (; at + this.#blockSamples <= all.length; at += this.#blockSamples)
      out.push(...this.#block(all.slice(at, at + this.#blockSamples)));
    this.#partial = all.slice(at);
    return concatFloat(out);
  }

  end(): Float32Array {
    const last = this.#partial.length > 0 ? this.#block(this.#partial) : [];
    if (!this.#begun) return new Float32Array(0);
    const tail = concatFloat([...last, ...this.#held.slice(0, 1 + this.#trailingBlocks)]);
    fade(tail, this.#fadeSamples, 'out');
    return tail;
  }

  #block(block: Float32Array): Float32Array[] {
    const silent = rmsDbfs(block) < SILENCE_DBFS;
    if (silent) {
      this.#held.push(block);
      if (!this.#begun) this.#held = this.#held.slice(-LEADING_BLOCKS);
      else if (this.#held.length > MAX_PAUSE_BLOCKS) this.#held.pop();
      return [];
    }
    const ready = this.#held;
    this.#held = [block];
    if (!this.#begun) {
      this.#begun = true;
      fade(ready[0] ?? block, this.#fadeSamples, 'in');
    }
    return ready;
  }
}

function fade(samples: Float32Array, length: number, direction: 'in' | 'out'): void {
  const steps = Math.min(length, samples.length);
  for (let i = 0; i < steps; i++) {
    const at = direction === 'in' ? i : samples.length - 1 - i;
    samples[at] = ((samples[at] ?? 0) * i) / steps;
  }
}
