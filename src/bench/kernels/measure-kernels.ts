import { ChorusError, type Clock, noMetrics, type Scope, silentLogger } from '../../core/index.js';
import { loadSpeech } from '../../fleet/index.js';
import { childEntry, createModelStore, SupervisedChild } from '../../voice/engines/index.js';
import { measureAsrKernel } from '../cost-model/index.js';
import type { KernelAnswer, KernelCall } from './kernel-protocol.js';

/** CPU time of one unit of each kernel, in milliseconds. */
export interface KernelCosts {
  /** Of a recognition, whatever its length, and of each second of speech in it. */
  readonly asrMsPerDecode: number;
  readonly asrMsPerAudioSecond: number;
  readonly vadMsPerWindow: number;
  readonly opusDecodeMsPerPacket: number;
  readonly opusEncodeMsPerPacket: number;
  readonly mp3MsPerAudioSecond: number;
}

export interface MeasureOptions {
  readonly asrModel: string;
  readonly modelsDir: string;
  /** `models.int8` of the server: which weights it decodes with. */
  readonly int8: 'auto' | 'off';
  /** Devices that are listened to at once, for the batch of voice activity. */
  readonly batch: number;
  /** Jobs at once: as the server runs them. Two decodes at once slow each other down in the caches. */
  readonly slots: number;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** CPU time that each kernel is measured for; less than the default means a rougher measurement of recognition, too. */
  readonly cpuMs?: number;
}

const DEFAULT_CPU_MS = 700;
const NICENESS = 10;
const START_TIMEOUT_MS = 60_000;
/** As the server encodes when it has no reason not to. */
const ENCODING = { complexity: 5, bitrate: 32_000 };
/** The fleet's utterances last 2 to 6 s. */
const UTTERANCE_LENGTHS_MS = [2500, 4000, 5500];

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
    return { ...costs, ...(await measureAsr(options, scope, cpuMs < DEFAULT_CPU_MS ? 2 : 4)) };
  } finally {
    await scope.close('measured');
  }
}

/** In the server's own engine process, with utterances as long as those of the fleet. */
async function measureAsr({ asrModel, modelsDir, int8, slots, clock, signal }: MeasureOptions, scope: Scope, repeats: number): Promise<Pick<KernelCosts, 'asrMsPerDecode' | 'asrMsPerAudioSecond'>> {
  const store = await createModelStore({ clock, log: silentLogger, metrics: noMetrics, scope, directory: modelsDir, locale: 'world', mirrors: [], int8 });
  const installed = store.installed(asrModel);
  if (!installed) throw new ChorusError('model.not_installed', `the speech model ${asrModel} is not installed`, { details: { id: asrModel } });
  const { utterances } = await loadSpeech();
  const longest = utterances.at(-1)?.clip.pcm ?? new Int16Array(0);
  const { overheadMs, msPerAudioSecond } = await measureAsrKernel({ installed, audio: longest, lengthsMs: UTTERANCE_LENGTHS_MS, repeats, slots, clock, scope, signal });
  return { asrMsPerDecode: overheadMs, asrMsPerAudioSecond: msPerAudioSecond };
}
