import { ChorusError, type Clock, noMetrics, type Scope, silentLogger } from '../../core/index.js';
import { loadSpeech } from '../../fleet/index.js';
import { createSampler } from '../../machine/index.js';
import { childEntry, createModelStore, createSherpaEngine, SupervisedChild } from '../../voice/engines/index.js';
import type { KernelAnswer, KernelCall } from './kernel-protocol.js';

/** CPU time of one unit of each kernel, in milliseconds. */
export interface KernelCosts {
  readonly asrMsPerAudioSecond: number;
  readonly vadMsPerWindow: number;
  readonly opusDecodeMsPerPacket: number;
  readonly opusEncodeMsPerPacket: number;
  readonly mp3MsPerAudioSecond: number;
}

export interface MeasureOptions {
  readonly asrModel: string;
  readonly modelsDir: string;
  /** Devices that are listened to at once, for the batch of voice activity. */
  readonly batch: number;
  /** Jobs at once: as the server runs them. Two decodes at once slow each other down in the caches. */
  readonly slots: number;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** CPU time that each kernel is measured for; recognition four times as long. */
  readonly cpuMs?: number;
}

const DEFAULT_CPU_MS = 700;
const NICENESS = 10;
const START_TIMEOUT_MS = 60_000;
/** As the server encodes when it has no reason not to. */
const ENCODING = { complexity: 5, bitrate: 32_000 };
const SAMPLES_PER_S = 16_000;
/** Golden section of some 20 utterances, and no divisor of their number's usual values. */
const LENGTH_STRIDE = 7;

/** Runs the product's own kernels in a tight loop, each in a process niced as the server's are. Errors: `model.*`, `engine.*`, the signal's reason. */
export async function measureKernels(options: MeasureOptions): Promise<KernelCosts> {
  const { clock, signal, cpuMs = DEFAULT_CPU_MS } = options;
  const scope = options.scope.child('kernels');
  try {
    const child = new SupervisedChild({
      name: 'kernels',
      entry: childEntry(import.meta.url, 'kernel-child'),
      niceness: NICENESS,
      clock,
      log: silentLogger,
      metrics: noMetrics,
      scope,
      startTimeoutMs: START_TIMEOUT_MS,
      init: undefined,
    });
    await child.start();
    const each = async (call: KernelCall): Promise<number> => {
      signal.throwIfAborted();
      const answer = await child.call<KernelAnswer>(call, { predictedMs: 20 * call.cpuMs, signal });
      return answer.cpuMs / answer.amount;
    };
    const costs = {
      vadMsPerWindow: await each({ kernel: 'vad', batch: options.batch, cpuMs }),
      opusDecodeMsPerPacket: await each({ kernel: 'opus_decode', cpuMs }),
      opusEncodeMsPerPacket: await each({ kernel: 'opus_encode', ...ENCODING, cpuMs }),
      mp3MsPerAudioSecond: await each({ kernel: 'mp3_decode', cpuMs }),
    };
    await child.close();
    return { ...costs, asrMsPerAudioSecond: await measureAsr(options, scope, 4 * cpuMs) };
  } finally {
    await scope.close('measured');
  }
}

/** In the server's own engine process; its CPU time as the system counts it (in 10 ms). */
async function measureAsr({ asrModel, modelsDir, slots, clock, signal }: MeasureOptions, scope: Scope, cpuMs: number): Promise<number> {
  const common = { clock, log: silentLogger, metrics: noMetrics, scope };
  // The form that the server loads by default: rewritten for this CPU, if it is.
  const store = await createModelStore({ ...common, directory: modelsDir, locale: 'world', mirrors: [], int8: 'auto' });
  const installed = store.installed(asrModel);
  if (!installed) throw new ChorusError('model.not_installed', `the speech model ${asrModel} is not installed`, { details: { id: asrModel } });
  const engine = createSherpaEngine({ ...common, installed, slots });
  await engine.start();
  const { utterances } = await loadSpeech();
  const { pid } = engine.status();
  if (pid === undefined) throw new ChorusError('engine.failed', 'the speech model has no process');
  const sampler = createSampler({ pids: [pid], clock, pssEveryMs: false });
  const cpuSeconds = async (): Promise<number> => (await sampler.sample()).processCpuSeconds;
  const decode = async (index: number): Promise<number> => {
    // They are sorted by length; in this order a part of them has all lengths, so that the fixed cost of a decode counts as often as in a run.
    const clip = utterances[(index * LENGTH_STRIDE) % utterances.length]?.clip;
    if (!clip) throw new ChorusError('internal', 'no speech in the package');
    signal.throwIfAborted();
    await engine.call({ pcm: clip.pcm }, { predictedMs: 5000, signal, native: true });
    return clip.pcm.length / SAMPLES_PER_S;
  };
  await decode(0);
  const before = await cpuSeconds();
  let audioS = 0;
  let usedMs = 0;
  for (let next = 0; usedMs < cpuMs; next += slots) {
    const seconds = await Promise.all(Array.from({ length: slots }, (_, slot) => decode(next + slot)));
    audioS += seconds.reduce((sum, value) => sum + value, 0);
    usedMs = ((await cpuSeconds()) - before) * 1000;
  }
  await engine.close();
  return usedMs / audioS;
}
