// oxlint-disable no-underscore-dangle -- the compiled module's own names
import type { SpeexModule } from '@echogarden/speex-resampler-wasm';
import { ChorusError } from '../core/index.js';
import { concatFloat, floatToInt16, int16ToFloat } from './pcm.js';
import { audioWords } from './words.js';

/** Quality 0..10. At 5, aliasing is at -116 dB and the speed is 3,000 times real time. */
const QUALITY = 5;
const MIN_RATE_HZ = 4000;
const MAX_RATE_HZ = 192_000;
const BLOCK_SAMPLES = 4096;

/** The WASM module and its buffers. All resamplers share them, because calls are synchronous. */
interface Speex {
  readonly module: SpeexModule;
  readonly input: number;
  readonly inputLength: number;
  readonly outputLength: number;
}

let loading: Promise<Speex> | undefined;

async function loadModule(): Promise<SpeexModule> {
  try {
    return await (await import('@echogarden/speex-resampler-wasm/simd')).default();
  } catch {
    // The SIMD build needs vector instructions that this CPU lacks.
    return await (await import('@echogarden/speex-resampler-wasm')).default();
  }
}

function speex(): Promise<Speex> {
  loading ??= loadModule().then((module) => ({
    module,
    input: allocate(module, BLOCK_SAMPLES * 4),
    inputLength: allocate(module, 4),
    outputLength: allocate(module, 4),
  }));
  return loading;
}

function allocate(module: SpeexModule, bytes: number): number {
  const pointer = module._malloc(bytes);
  if (pointer === 0) throw new ChorusError('internal', 'the resampler is out of memory');
  return pointer;
}

/** Converts the sample rate of one stream. The delay of the filter is compensated. */
export interface Resampler {
  process(samples: Float32Array): Float32Array;
  /** Returns the samples that remain in the filter. Process no more input afterwards. */
  flush(): Float32Array;
  /** Frees the memory. A second call does nothing. */
  close(): void;
}

/**
 * The caller must close the resampler, because its memory is not garbage-collected. Errors: `audio.undecodable` for a
 * rate that is fractional or outside 4..192 kHz.
 */
export async function createResampler(inHz: number, outHz: number): Promise<Resampler> {
  for (const rateHz of [inHz, outHz]) {
    if (!Number.isInteger(rateHz) || rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ) {
      throw new ChorusError('audio.undecodable', audioWords.rate(rateHz));
    }
  }
  if (inHz === outHz)
    return { process: (samples) => samples, flush: () => new Float32Array(0), close: () => undefined };
  return new SpeexResampler(await speex(), inHz, outHz);
}

class SpeexResampler implements Resampler {
  #state: number;
  readonly #output: number;
  readonly #outputSamples: number;

  constructor(
    private readonly speex: Speex,
    inHz: number,
    outHz: number,
  ) {
    const { module } = speex;
    this.#state = module._speex_resampler_init(1, inHz, outHz, QUALITY, speex.outputLength);
    if (this.#state === 0) throw new ChorusError('internal', 'the resampler refused its settings');
    module._speex_resampler_skip_zeros(this.#state);
    this.#outputSamples = Math.ceil((BLOCK_SAMPLES * outHz) / inHz) + 64;
    this.#output = allocate(module, this.#outputSamples * 4);
  }

  process(samples: Float32Array): Float32Array {
    const parts: Float32Array[] = [];
    for (let at = 0; at < samples.length;) {
      const block = samples.subarray(at, at + BLOCK_SAMPLES);
      const { consumed, produced } = this.#run(block);
      if (consumed === 0 && produced.length === 0) throw new ChorusError('internal', 'the resampler does not advance');
      parts.push(produced);
      at += consumed;
    }
    return concatFloat(parts);
  }

  flush(): Float32Array {
    return this.process(new Float32Array(this.speex.module._speex_resampler_get_input_latency(this.#state)));
  }

  close(): void {
    if (this.#state === 0) return;
    this.speex.module._speex_resampler_destroy(this.#state);
    this.speex.module._free(this.#output);
    this.#state = 0;
  }

  #run(block: Float32Array): { consumed: number; produced: Float32Array } {
    const { module, input, inputLength, outputLength } = this.speex;
    if (this.#state === 0) throw new ChorusError('internal', 'the resampler is closed');
    // `HEAPF32` and `HEAPU32` are read each time, because the module replaces them when its memory grows.
    module.HEAPF32.set(block, input / 4);
    module.HEAPU32[inputLength / 4] = block.length;
    module.HEAPU32[outputLength / 4] = this.#outputSamples;
    const error = module._speex_resampler_process_float(this.#state, 0, input, inputLength, this.#output, outputLength);
    if (error !== 0) throw new ChorusError('internal', `the resampler failed with code ${error}`);
    const from = this.#output / 4;
    const produced = module.HEAPF32.slice(from, from + (module.HEAPU32[outputLength / 4] ?? 0));
    return { consumed: module.HEAPU32[inputLength / 4] ?? 0, produced };
  }
}

export async function resampleInt16(pcm: Int16Array, inHz: number, outHz: number): Promise<Int16Array> {
  const resampler = await createResampler(inHz, outHz);
  try {
    return floatToInt16(concatFloat([resampler.process(int16ToFloat(pcm)), resampler.flush()]));
  } finally {
    resampler.close();
  }
}
