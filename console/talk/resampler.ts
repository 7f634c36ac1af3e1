/** Zero crossings of the filter on each side: steep enough that what would alias lies 60 dB down. */
const LOBES = 14;
/** Places of the filter's table between two samples; linear between them. */
const STEPS = 128;
/** Share of the smaller band that is kept; the rest is where the filter falls. */
const PASS = 0.92;

/**
 * Changes the rate of a stream of mono samples by a windowed sinc. Browsers give a microphone the rate of the machine and decoders
 * one of their own; a network of audio nodes at several rates is not allowed everywhere, so it is done here.
 */
export class Resampler {
  readonly #table: Float32Array | undefined;
  readonly #step: number;
  readonly #reach: number;
  /** Samples not used up yet; `#at` is where the next output lies in them. */
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

  /** What can be said of the stream with these samples; later by less than a millisecond. */
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

/** One side of the filter: it is even. */
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
