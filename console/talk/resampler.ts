/** Zero crossings of the filter on each side. 14 make it steep enough to keep aliasing below -60 dB. */
const LOBES = 14;
/** Entries of the filter table per sample. Values between them are interpolated linearly. */
const STEPS = 128;
/** Share of the narrower band that passes the filter. The rest is the transition band. */
const PASS = 0.92;

/**
 * Converts the sample rate of a mono stream with a windowed sinc. Browsers choose the rates of microphone and decoder,
 * and some browsers allow no audio nodes with different rates.
 */
export class Resampler {
  readonly #table: Float32Array | undefined;
  readonly #step: number;
  readonly #reach: number;
  /** Samples that are still needed. `#at` is the position of the next output sample among these. */
  #rest: Float32Array;
  #at: number;

  constructor(fromHz: number, toHz: number) {
    this.#step = fromHz / toHz;
    const cutoff = 0.5 * Math.min(1, toHz / fromHz) * PASS;
    this.#reach = Math.ceil(LOBES / (2 * cutoff));
    this.#table = fromHz === toHz ? undefined : tableOf(cutoff, this.#reach);
    this.#rest = new Float32Array(this.#reach);
    this.#at = this.#reach;
  }

  /** Returns the samples that are ready. The delay is less than a millisecond. */
  push(input: Float32Array): Float32Array {
    const table = this.#table;
    if (table === undefined) return input;
    const reach = this.#reach;
    const samples = new Float32Array(this.#rest.length + input.length);
    samples.set(this.#rest);
    samples.set(input, this.#rest.length);
    const last = samples.length - reach - 1;
    const output = new Float32Array(Math.max(0, Math.floor((last - this.#at) / this.#step) + 1));
    for (let index = 0; index < output.length; index++) {
      const centre = this.#at + index * this.#step;
      const first = Math.ceil(centre - reach);
      let sum = 0;
      for (let n = first; n <= centre + reach; n++) {
        const place = Math.abs(centre - n) * STEPS;
        const below = Math.floor(place);
        const low = table[below] ?? 0;
        sum += (samples[n] ?? 0) * (low + ((table[below + 1] ?? 0) - low) * (place - below));
      }
      output[index] = sum;
    }
    const next = this.#at + output.length * this.#step;
    const used = Math.max(0, Math.floor(next) - reach);
    this.#rest = samples.slice(used);
    this.#at = next - used;
    return output;
  }
}

/** The filter's coefficients for one side; the other side is the same. */
function tableOf(cutoff: number, reach: number): Float32Array {
  return Float32Array.from({ length: reach * STEPS + 2 }, (_, index) => {
    const x = index / STEPS;
    if (x >= reach) return 0;
    const angle = 2 * Math.PI * cutoff * x;
    const sinc = x === 0 ? 1 : Math.sin(angle) / angle;
    // Blackman's window.
    const window = 0.42 + 0.5 * Math.cos((Math.PI * x) / reach) + 0.08 * Math.cos((2 * Math.PI * x) / reach);
    return 2 * cutoff * sinc * window;
  });
}
