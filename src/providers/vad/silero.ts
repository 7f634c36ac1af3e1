import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ChorusError, asChorusError } from '../../core/index.js';
import { batchedSilero, GRAPH_SAMPLES } from './silero-graph.js';
import type { VadDetector, VadStream, VadWindow } from './vad-port.js';

/** The only window size that Silero v5 and v6 accept at 16 kHz. */
export const SILERO_WINDOW_SAMPLES = 512;
/** Samples of the previous window that precede each window (silero-vad `utils_vad.py`, `OnnxWrapper`). */
const CONTEXT_SAMPLES = 64;
const INPUT_SAMPLES = CONTEXT_SAMPLES + SILERO_WINDOW_SAMPLES;
/** Index of the last input sample. The model's `reflect` padding repeats the samples before it in reverse order. */
const MIRROR = INPUT_SAMPLES - 1;
/** The LSTM's state has two vectors per stream, `[2, batch, 128]` in the model. */
const STATE_ROWS = 2;
const STATE_WIDTH = 128;
/** A larger round is split. One listening process handles 200 streams. */
const MAX_BATCH = 256;

export function sileroModelPath(): string {
  return createRequire(import.meta.url).resolve('@ricky0123/vad-web/dist/silero_vad_v6.onnx');
}

class SileroStream implements VadStream {
  readonly state = new Float32Array(STATE_ROWS * STATE_WIDTH);
  readonly context = new Float32Array(CONTEXT_SAMPLES);

  reset(): void {
    this.state.fill(0);
    this.context.fill(0);
  }
}

/**
 * Uses one thread, because more threads would spin between rounds. With spinning, a window takes ten times as much CPU
 * time: 765 us instead of 81, measured with the published graph.
 */
export class SileroDetector implements VadDetector {
  readonly windowSamples = SILERO_WINDOW_SAMPLES;
  readonly #input = new Float32Array(MAX_BATCH * GRAPH_SAMPLES);
  readonly #state = new Float32Array(STATE_ROWS * MAX_BATCH * STATE_WIDTH);
  #probabilities = new Float32Array(MAX_BATCH);

  private constructor(private readonly session: InferenceSession) {}

  /** Loads the model and runs it once. Throws `model.corrupt` if the file is not the model. */
  static async load(modelPath: string = sileroModelPath()): Promise<SileroDetector> {
    try {
      const session = await InferenceSession.create(batchedSilero(await readFile(modelPath)), {
        executionProviders: ['cpu'],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: 'sequential',
      });
      const detector = new SileroDetector(session);
      await detector.detect([{ stream: detector.createStream(), samples: new Float32Array(SILERO_WINDOW_SAMPLES) }]);
      return detector;
    } catch (error) {
      throw new ChorusError('model.corrupt', `the voice activity model cannot be loaded: ${modelPath}`, {
        cause: error,
      });
    }
  }

  createStream(): VadStream {
    return new SileroStream();
  }

  async detect(round: readonly VadWindow[]): Promise<Float32Array> {
    if (round.length > this.#probabilities.length) this.#probabilities = new Float32Array(round.length);
    for (let start = 0; start < round.length; start += MAX_BATCH) {
      await this.#run(round.slice(start, start + MAX_BATCH), start);
    }
    return this.#probabilities.subarray(0, round.length);
  }

  async close(): Promise<void> {
    await this.session.release();
  }

  async #run(round: readonly VadWindow[], offset: number): Promise<void> {
    const batch = round.length;
    const streams = round.map(({ stream }) => asSilero(stream));
    const input = this.#input.subarray(0, batch * GRAPH_SAMPLES);
    const state = this.#state.subarray(0, STATE_ROWS * batch * STATE_WIDTH);
    for (const [i, stream] of streams.entries()) {
      const samples = windowOf(round, i);
      const window = input.subarray(i * GRAPH_SAMPLES, (i + 1) * GRAPH_SAMPLES);
      window.set(stream.context);
      window.set(samples, CONTEXT_SAMPLES);
      for (let at = INPUT_SAMPLES; at < GRAPH_SAMPLES; at++) window[at] = window[2 * MIRROR - at] ?? 0;
      for (let row = 0; row < STATE_ROWS; row++) {
        state.set(stream.state.subarray(row * STATE_WIDTH, (row + 1) * STATE_WIDTH), (row * batch + i) * STATE_WIDTH);
      }
    }
    const outputs = await this.#infer(input, state, batch);
    for (const [i, stream] of streams.entries()) {
      this.#probabilities[offset + i] = outputs.probabilities[i] ?? 0;
      stream.context.set(windowOf(round, i).subarray(SILERO_WINDOW_SAMPLES - CONTEXT_SAMPLES));
      for (let row = 0; row < STATE_ROWS; row++) {
        const from = (row * batch + i) * STATE_WIDTH;
        stream.state.set(outputs.state.subarray(from, from + STATE_WIDTH), row * STATE_WIDTH);
      }
    }
  }

  async #infer(
    input: Float32Array,
    state: Float32Array,
    batch: number,
  ): Promise<{ probabilities: Float32Array; state: Float32Array }> {
    try {
      const result = await this.session.run({
        input: new Tensor('float32', input, [batch, GRAPH_SAMPLES]),
        state: new Tensor('float32', state, [STATE_ROWS, batch, STATE_WIDTH]),
      });
      return { probabilities: floats(result['output']), state: floats(result['stateN']) };
    } catch (error) {
      throw asChorusError(error, 'engine.job_failed');
    }
  }
}

function windowOf(round: readonly VadWindow[], i: number): Float32Array {
  const samples = round[i]?.samples;
  if (samples?.length !== SILERO_WINDOW_SAMPLES)
    throw new ChorusError('internal', `a window has ${SILERO_WINDOW_SAMPLES} samples`);
  return samples;
}

function asSilero(stream: VadStream): SileroStream {
  if (stream instanceof SileroStream) return stream;
  throw new ChorusError('internal', 'the stream belongs to another detector');
}

function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new ChorusError('engine.job_failed', 'the voice activity model gave no numbers');
}
