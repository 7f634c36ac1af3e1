/** How far ahead of a peak the gain begins to fall: short enough not to be heard as pumping, long enough not to crackle. */
const LOOKAHEAD_MS = 5;
/** Time in which two thirds of a reduction are taken back. */
const RELEASE_MS = 80;

/**
 * Keeps every sample within `ceiling` by turning the gain down smoothly before a peak and up again after it. What lies
 * below the ceiling passes unchanged. Output has the length of the input; the look-ahead is taken out.
 */
export class PeakLimiter {
  readonly #lookahead: number;
  readonly #release: number;
  readonly #delay: Float32Array;
  /** Gains that were wanted within the look-ahead, smallest first: a monotonic queue of [index, gain]. */
  readonly #minima: { readonly at: number; readonly gain: number }[] = [];
  readonly #smoothing: Float64Array;
  #smoothSum: number;
  #held = 1;
  #at = 0;

  constructor(
    rateHz: number,
    private readonly ceiling: number,
  ) {
    this.#lookahead = Math.round((rateHz * LOOKAHEAD_MS) / 1000);
    this.#release = 1 - Math.exp(-1000 / (rateHz * RELEASE_MS));
    this.#delay = new Float32Array(this.#lookahead);
    this.#smoothing = new Float64Array(this.#lookahead).fill(1);
    this.#smoothSum = this.#lookahead;
  }

  process(samples: Float32Array): Float32Array {
    const skipped = Math.max(0, Math.min(samples.length, this.#lookahead - 1 - this.#at));
    const out = new Float32Array(samples.length - skipped);
    for (let i = 0; i < samples.length; i++) {
      const value = this.#step(samples[i] ?? 0);
      if (i >= skipped) out[i - skipped] = value;
    }
    return out;
  }

  /** The samples still in the look-ahead. */
  flush(): Float32Array {
    return this.process(new Float32Array(this.#lookahead - 1));
  }

  /**
   * The gain is the mean, over the look-ahead, of the smallest gain wanted within the look-ahead: when a peak leaves the
   * delay, every term of that mean has seen it, so the mean is at most what it needs.
   */
  #step(sample: number): number {
    const size = Math.abs(sample);
    const wanted = size > this.ceiling ? this.ceiling / size : 1;
    while ((this.#minima.at(-1)?.gain ?? -1) >= wanted) this.#minima.pop();
    this.#minima.push({ at: this.#at, gain: wanted });
    if ((this.#minima[0]?.at ?? 0) <= this.#at - this.#lookahead) this.#minima.shift();
    const smallest = this.#minima[0]?.gain ?? 1;
    this.#held = Math.min(smallest, this.#held + (1 - this.#held) * this.#release);

    const slot = this.#at % this.#lookahead;
    this.#smoothSum += this.#held - (this.#smoothing[slot] ?? 1);
    this.#smoothing[slot] = this.#held;
    this.#delay[slot] = sample;
    this.#at += 1;
    const delayed = this.#delay[this.#at % this.#lookahead] ?? 0;
    const gain = Math.min(1, this.#smoothSum / this.#lookahead);
    const limited = delayed * gain;
    // Rounding of the running sum must not let a sample out either.
    return limited > this.ceiling ? this.ceiling : limited < -this.ceiling ? -this.ceiling : limited;
  }
}
