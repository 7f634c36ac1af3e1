import { ChorusError, type Clock, noMetrics, type Scope, silentLogger } from '../../core/index.js';
import { type AsrAnswer, type AsrCall, createSherpaEngine, type InstalledModel } from '../../voice/engines/index.js';

export interface AsrKernelOptions {
  readonly installed: InstalledModel;
  /** Speech, 16 kHz; repeated where an utterance is longer. */
  readonly audio: Int16Array;
  /** Lengths of utterances; default 1 to 15 s. At least two. */
  readonly lengthsMs?: readonly number[];
  /** Decodes of each length, after one that is not counted; default 5. */
  readonly repeats?: number;
  /** Decodes at once, as a server with so many slots runs them; default 1. */
  readonly slots?: number;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly signal: AbortSignal;
}

export interface AsrKernelPoint {
  readonly audioMs: number;
  /** Median CPU time of one decode, all threads. */
  readonly cpuMs: number;
  /** The least: what other programs on the machine disturbed least. */
  readonly leastCpuMs: number;
}

/** CPU time of recognition: `overheadMs + msPerAudioSecond * seconds`. */
export interface AsrKernelCost {
  readonly points: readonly AsrKernelPoint[];
  readonly overheadMs: number;
  readonly msPerAudioSecond: number;
  /** How far the line is from the farthest point, as a share of the point. */
  readonly worstFit: number;
}

const DEFAULT_LENGTHS_MS = [1_000, 2_000, 3_000, 5_000, 8_000, 10_000, 15_000];
const DEFAULT_REPEATS = 5;
const SAMPLES_PER_MS = 16;
/** Beyond what any model of ours needs for 15 s; the supervisor adds its own factor. */
const PREDICTED_MS = 10_000;

/**
 * The bare cost of recognition on this machine: the server's own engine process, alone and in a tight loop, its CPU time
 * by `getrusage`. Other load on the machine disturbs it through caches only. Errors: `engine.*`, `model.corrupt`, or the
 * signal's reason.
 */
export async function measureAsrKernel(options: AsrKernelOptions): Promise<AsrKernelCost> {
  const { installed, audio, clock, signal, lengthsMs = DEFAULT_LENGTHS_MS, repeats = DEFAULT_REPEATS, slots = 1 } = options;
  if (audio.length === 0 || new Set(lengthsMs).size < 2) throw new ChorusError('internal', 'a cost needs speech, and utterances of two lengths');
  const scope = options.scope.child('asr kernel');
  try {
    const engine = createSherpaEngine({ installed, slots, clock, log: silentLogger, metrics: noMetrics, scope });
    await engine.start();
    const decode = async (pcm: Int16Array): Promise<number> => {
      signal.throwIfAborted();
      const call: AsrCall = { pcm };
      const answers = await Promise.all(Array.from({ length: slots }, () => engine.call<AsrAnswer>(call, { predictedMs: PREDICTED_MS, signal, retryOnCrash: false })));
      // Those at once are alike and begin together, so each saw the time of all.
      return answers.reduce((sum, { processCpuMs }) => sum + processCpuMs, 0) / slots ** 2;
    };
    const points: AsrKernelPoint[] = [];
    for (const audioMs of [...new Set(lengthsMs)].sort((a, b) => a - b)) {
      const pcm = repeated(audio, audioMs * SAMPLES_PER_MS);
      await decode(pcm);
      const runs: number[] = [];
      for (let i = 0; i < repeats; i++) runs.push(await decode(pcm));
      runs.sort((a, b) => a - b);
      points.push({ audioMs, cpuMs: runs[Math.floor(runs.length / 2)] ?? 0, leastCpuMs: runs[0] ?? 0 });
    }
    await engine.close();
    return { points, ...fitted(points) };
  } finally {
    await scope.close('measured');
  }
}

/** The straight line through the points that is nearest to them in proportion: a short utterance counts as much as a long one. Pure. */
export function fitted(points: readonly Pick<AsrKernelPoint, 'audioMs' | 'cpuMs'>[]): Omit<AsrKernelCost, 'points'> {
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
  const misses = points.map(({ audioMs, cpuMs }) => Math.abs(overheadMs + (msPerAudioSecond * audioMs) / 1_000 - cpuMs) / cpuMs);
  return { overheadMs, msPerAudioSecond, worstFit: Math.max(...misses) };
}

function repeated(audio: Int16Array, length: number): Int16Array {
  const pcm = new Int16Array(length);
  for (let at = 0; at < length; at += audio.length) pcm.set(audio.subarray(0, length - at), at);
  return pcm;
}
