import { LISTEN_SAMPLES_PER_MS } from '../../../audio/format.js';
import { ChorusError, type Clock, noMetrics, type Scope, silentLogger } from '../../../core/index.js';
import { type AsrAnswer, type AsrCall, createSherpaEngine, type InstalledModel } from '../../../engines/index.js';

export interface AsrKernelOptions {
  readonly installed: InstalledModel;
  /** Speech at 16 kHz. It is repeated for longer utterances. */
  readonly audio: Int16Array;
  /** Concurrent decodes, as in a server with this many slots. The default is 1. */
  readonly slots?: number;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly signal: AbortSignal;
}

/**
 * Decodes `audioMs` of speech. Resolves with the CPU time of all threads, in ms. The first decode of each length also
 * allocates memory. Rejects with `engine.*` or the signal's reason.
 */
export type AsrKernel = (audioMs: number) => Promise<number>;

export interface AsrKernelPoint {
  readonly audioMs: number;
  /** CPU time of one decode, all threads. */
  readonly cpuMs: number;
}

/** CPU time of recognition: `overheadMs + msPerAudioSecond * seconds`. */
export interface AsrKernelCost {
  readonly overheadMs: number;
  readonly msPerAudioSecond: number;
  /** Distance of the line from the farthest point, as a share of that point's value. */
  readonly worstFit: number;
}

/** Longer than any of our models needs for 15 s of speech. The engine is stopped only after a multiple of this time. */
const PREDICTED_MS = 10_000;

/**
 * Measures recognition in the server's engine process, without a server. CPU time comes from `getrusage`, so other load
 * on the machine disturbs it only through caches. Errors: `engine.*`, `model.corrupt`.
 */
export async function openAsrKernel({
  installed,
  audio,
  clock,
  scope,
  signal,
  slots = 1,
}: AsrKernelOptions): Promise<AsrKernel> {
  if (audio.length === 0) throw new ChorusError('internal', 'a cost needs speech');
  const engine = createSherpaEngine({ installed, slots, clock, log: silentLogger, metrics: noMetrics, scope });
  await engine.start();
  return async (audioMs) => {
    signal.throwIfAborted();
    const call: AsrCall = { pcm: repeated(audio, audioMs * LISTEN_SAMPLES_PER_MS) };
    const answers = await Promise.all(
      Array.from({ length: slots }, () =>
        engine.call<AsrAnswer>(call, { predictedMs: PREDICTED_MS, signal, retryOnCrash: false }),
      ),
    );
    // Each decode reports the CPU time of the whole process. The last decode to end reports the total.
    return Math.max(...answers.map(({ processCpuMs }) => processCpuMs)) / slots;
  };
}

/** The line with the least relative error, so that a short utterance counts as much as a long one. */
export function fitted(points: readonly AsrKernelPoint[]): AsrKernelCost {
  let [weights, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (const { audioMs, cpuMs } of points) {
    const weight = 1 / cpuMs ** 2;
    const seconds = audioMs / 1_000;
    weights += weight;
    x += weight * seconds;
    y += weight * cpuMs;
    xx += weight * seconds ** 2;
    xy += weight * seconds * cpuMs;
  }
  const msPerAudioSecond = (weights * xy - x * y) / (weights * xx - x ** 2);
  const overheadMs = (y - msPerAudioSecond * x) / weights;
  const misses = points.map(
    ({ audioMs, cpuMs }) => Math.abs(overheadMs + (msPerAudioSecond * audioMs) / 1_000 - cpuMs) / cpuMs,
  );
  return { overheadMs, msPerAudioSecond, worstFit: Math.max(...misses) };
}

function repeated(audio: Int16Array, length: number): Int16Array {
  const pcm = new Int16Array(length);
  for (let at = 0; at < length; at += audio.length) pcm.set(audio.subarray(0, length - at), at);
  return pcm;
}
