/** Short enough to avoid audible pumping, long enough to avoid crackles. */
const LOOKAHEAD_MS = 5;
/** After this time, two thirds of a gain reduction are undone. */
const RELEASE_MS = 80;

/**
 * Keeps every sample within `ceiling` by lowering the gain around peaks. Quieter audio passes unchanged. `process` and
 * `flush` together return as many samples as they were given.
 */
export class PeakLimiter {
  readonly #lookahead: number;
  readonly #release: number;
  readonly #delay: Float32Array;
  /** Monotonic queue of the gains that the next samples require, smallest first. */
  readonly #minimaAt: Float64Array;
  readonly #minimaGain: Float64Array;
  #first = 0;
  #count = 0;
  /** True while no sample has exceeded the ceiling. */
  #untouched = true;
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
    this.#minimaAt = new Float64Array(this.#lookahead + 1);
    this.#minimaGain = new Float64Array(this.#lookahead + 1);
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

  /** Returns the samples that are still in the look-ahead. */
  flush(): Float32Array {
    return this.process(new Float32Array(this.#lookahead - 1));
  }

  /**
   * Takes a sample and returns the delayed sample after the gain. The gain is the mean of the smallest gains over the
   * last look-ahead, so it is low enough when a peak leaves the delay.
   */
  #step(sample: number): number {
    const size = Math.abs(sample);
    if (this.#untouched && size <= this.ceiling) return this.#pass(sample);
    this.#untouched = false;
    const smallest = this.#smallestWith(size > this.ceiling ? this.ceiling / size : 1);
    this.#held = Math.min(smallest, this.#held + (1 - this.#held) * this.#release);

    const slot = this.#at % this.#lookahead;
    this.#smoothSum += this.#held - (this.#smoothing[slot] ?? 1);
    this.#smoothing[slot] = this.#held;
    this.#delay[slot] = sample;
    this.#at += 1;
    const delayed = this.#delay[this.#at % this.#lookahead] ?? 0;
    const gain = Math.min(1, this.#smoothSum / this.#lookahead);
    const limited = delayed * gain;
    // Rounding errors in the running sum must not push a sample above the ceiling.
    return limited > this.ceiling ? this.ceiling : limited < -this.ceiling ? -this.ceiling : limited;
  }

  #pass(sample: number): number {
    this.#delay[this.#at % this.#lookahead] = sample;
    this.#at += 1;
    return this.#delay[this.#at % this.#lookahead] ?? 0;
  }

  /** Returns the smallest gain within the look-ahead. */
  #smallestWith(wanted: number): number {
    const size = this.#minimaAt.length;
    while (this.#count > 0 && (this.#minimaGain[(this.#first + this.#count - 1) % size] ?? 0) >= wanted)
      this.#count -= 1;
    const slot = (this.#first + this.#count) % size;
    this.#minimaAt[slot] = this.#at;
    this.#minimaGain[slot] = wanted;
    this.#count += 1;
    if ((this.#minimaAt[this.#first] ?? 0) <= this.#at - this.#lookahead) {
      this.#first = (this.#first + 1) % size;
      this.#count -= 1;
    }
    return this.#minimaGain[this.#first] ?? 1;
  }
}
