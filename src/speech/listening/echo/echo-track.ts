/** Half-band low-pass filter with 15 taps (windowed sinc). The taps at an even distance from the centre are zero. */
const HALF_BAND = [-0.0023, 0, 0.0133, 0, -0.0517, 0, 0.2933, 0.4948, 0.2933, 0, -0.0517, 0, 0.0133, 0, -0.0023];
/** Flattens the spectrum of speech, because two low voices would otherwise correlate. */
const PRE_EMPHASIS = 0.9;

/**
 * Converts 16 kHz to 8 kHz with a flattened spectrum. Each call takes an even number of samples and continues the
 * previous call.
 */
export class HalfRate {
  readonly #past = new Float32Array(HALF_BAND.length - 1);
  #last = 0;

  process(pcm: Int16Array): Float32Array {
    const taps = HALF_BAND.length;
    const padded = new Float32Array(taps - 1 + pcm.length);
    padded.set(this.#past);
    padded.set(pcm, taps - 1);
    this.#past.set(padded.subarray(pcm.length));
    const out = new Float32Array(pcm.length >> 1);
    for (let i = 0; i < out.length; i++) {
      let sum = 0;
      for (const [k, tap] of HALF_BAND.entries()) if (tap !== 0) sum += tap * (padded[2 * i + k] ?? 0);
      out[i] = sum - PRE_EMPHASIS * this.#last;
      this.#last = sum;
    }
    return out;
  }
}

/** Samples addressed by position. Positions that were never written or were overwritten read as 0. */
export class Track {
  readonly #ring: Float32Array;
  #end = 0;

  constructor(readonly capacity: number) {
    this.#ring = new Float32Array(capacity);
  }

  get end(): number {
    return this.#end;
  }

  extendTo(position: number): void {
    const from = Math.max(this.#end, position - this.capacity);
    for (let at = from; at < position; at++) this.#ring[at % this.capacity] = 0;
    this.#end = Math.max(this.#end, position);
  }

  append(samples: Float32Array): void {
    for (const [i, sample] of samples.entries()) this.#ring[(this.#end + i) % this.capacity] = sample;
    this.#end += samples.length;
  }

  read(from: number, into: Float32Array): void {
    const oldest = Math.max(0, this.#end - this.capacity);
    for (let i = 0; i < into.length; i++) {
      const at = from + i;
      into[i] = at >= oldest && at < this.#end ? (this.#ring[at % this.capacity] ?? 0) : 0;
    }
  }
}
