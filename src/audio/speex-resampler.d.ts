/** The exports of @echogarden/speex-resampler-wasm that are used here. The package has no types of its own. */
declare module '@echogarden/speex-resampler-wasm' {
  export interface SpeexModule {
    readonly HEAPF32: Float32Array;
    readonly HEAPU32: Uint32Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _speex_resampler_init(channels: number, inHz: number, outHz: number, quality: number, error: number): number;
    _speex_resampler_destroy(state: number): void;
    _speex_resampler_skip_zeros(state: number): number;
    _speex_resampler_get_input_latency(state: number): number;
    _speex_resampler_process_float(
      state: number,
      channel: number,
      input: number,
      inputLength: number,
      output: number,
      outputLength: number,
    ): number;
  }
  export default function load(): Promise<SpeexModule>;
}

declare module '@echogarden/speex-resampler-wasm/simd' {
  import type { SpeexModule } from '@echogarden/speex-resampler-wasm';

  export default function load(): Promise<SpeexModule>;
}
