/** Complex in-place FFT, radix 2, for one fixed size. */
export class Fft {
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint32Array;

  constructor(readonly size: number) {
    if (size < 2 || (size & (size - 1)) !== 0) throw new RangeError('the size of an FFT is a power of two');
    this.#cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    const bits = Math.log2(size);
    this.#reversed = Uint32Array.from({ length: size }, (_, i) => {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
      return reversed;
    });
  }

  /** Transforms without scaling. For the inverse transform, exchange real and imaginary parts and divide by `size`. */
  forward(re: Float64Array, im: Float64Array): void {
    this.#permute(re);
    this.#permute(im);
    const { size } = this;
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) this.#butterfly(re, im, start + k, start + k + half, k * stride);
      }
    }
  }

  #butterfly(re: Float64Array, im: Float64Array, p: number, q: number, twiddle: number): void {
    const c = this.#cos[twiddle] ?? 0;
    const s = this.#sin[twiddle] ?? 0;
    const reQ = re[q] ?? 0;
    const imQ = im[q] ?? 0;
    const reP = re[p] ?? 0;
    const imP = im[p] ?? 0;
    const tr = reQ * c - imQ * s;
    const ti = reQ * s + imQ * c;
    re[p] = reP + tr;
    im[p] = imP + ti;
    re[q] = reP - tr;
    im[q] = imP - ti;
  }

  #permute(values: Float64Array): void {
    for (let i = 0; i < this.size; i++) {
      const j = this.#reversed[i] ?? 0;
      if (j <= i) continue;
      const swap = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = swap;
    }
  }
}
