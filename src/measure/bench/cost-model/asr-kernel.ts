import { ChorusError, type Clock, noMetrics, type Scope, silentLogger } from '../../../core/index.js';
import { percentile } from '../../statistics.js';
import { type AsrAnswer, type AsrCall, createSherpaEngine, type InstalledModel } from '../../../engines/index.js';

export interface AsrKernelOptions {
  readonly installed: InstalledModel;
  /** Speech, 16 kHz; repeated where an utterance is longer. */
  readonly audio: Int16Array;
  /** Decodes at once, as a server with so many slots runs them; default 1. */
  readonly slots?: number;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly signal: AbortSignal;
}

export interface AsrMeasureOptions extends AsrKernelOptions {
  /** Lengths of utterances; default 1 to 15 s. At least two. */
  readonly lengthsMs?: readonly number[];
  /** Decodes of each length, after one that is not counted; default 5. */
  readonly repeats?: number;
}

/** CPU time of one decode of so much speech, all threads, in ms. The first of a length allocates. Rejects with `engine.*` or the signal's reason. */
export type AsrKernel = (audioMs: number) => Promise<number>;

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
 * Recognition, ready to be measured: the server's own engine process, alone, its CPU time by `getrusage`. Other load on the machine
 * disturbs it through caches only. The process belongs to the scope. Errors: `engine.*`, `model.corrupt`.
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
    const call: AsrCall = { pcm: repeated(audio, audioMs * SAMPLES_PER_MS) };
    const answers = await Promise.all(
      Array.from({ length: slots }, () =>
        engine.call<AsrAnswer>(call, { predictedMs: PREDICTED_MS, signal, retryOnCrash: false }),
      ),
    );
    // They begin together and each sees the time of the whole process, so the last one to end has seen that of all.
    return Math.max(...answers.map(({ processCpuMs }) => processCpuMs)) / slots;
  };
}

/** The bare cost of recognition on this machine, in rounds over the lengths: what disturbs one disturbs all. Errors: as of {@link openAsrKernel}, or the signal's reason. */
export async function measureAsrKernel(options: AsrMeasureOptions): Promise<AsrKernelCost> {
  const { lengthsMs = DEFAULT_LENGTHS_MS, repeats = DEFAULT_REPEATS } = options;
  const lengths = [...new Set(lengthsMs)].sort((a, b) => a - b);
  if (lengths.length < 2) throw new ChorusError('internal', 'a cost needs utterances of two lengths');
  const scope = options.scope.child('asr kernel');
  try {
    const decode = await openAsrKernel({ ...options, scope });
    const runs = new Map(lengths.map((audioMs) => [audioMs, [] as number[]]));
    for (const audioMs of lengths) await decode(audioMs);
    for (let round = 0; round < repeats; round++)
      for (const [audioMs, times] of runs) times.push(await decode(audioMs));
    const points = [...runs].map(([audioMs, times]) => ({
      audioMs,
      cpuMs: percentile(times, 0.5),
      leastCpuMs: Math.min(...times),
    }));
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
