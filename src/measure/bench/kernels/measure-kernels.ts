import { ChorusError, type Clock, noMetrics, type Scope, silentLogger } from '../../../core/index.js';
import { loadSpeech } from '../../fleet/index.js';
import {
  CHILD_NICENESS,
  CHILD_START_TIMEOUT_MS,
  childEntry,
  createModelStore,
  SupervisedChild,
} from '../../../engines/index.js';
import { OPUS } from '../../../speech/speaking/index.js';
import { type AsrKernel, openAsrKernel } from '../cost-model/index.js';
import type { KernelRound } from './kernel-costs.js';
import type { KernelAnswer, KernelCall } from './kernel-protocol.js';

export interface MeasureOptions {
  readonly asrModel: string;
  readonly modelsDir: string;
  /** Concurrent decodes, as in the server. Two at once slow each other down in the caches. */
  readonly slots: number;
  readonly clock: Clock;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** After this time in ms, no round begins, except the first {@link MIN_ROUNDS}. */
  readonly forMs?: number;
}

const DEFAULT_FOR_MS = 7_000;
/** With fewer rounds, the median is no better than the mean. */
const MIN_ROUNDS = 3;
/** CPU time of each kernel in a round, except recognition. */
const CPU_MS = 80;
/** Number of devices in a batch, as in a server to which twenty devices talk. */
const LISTENED_TO = 8;
/** From one word to the longest utterance of `steady`. Decodes of this scenario lie between and are interpolated. */
const LENGTHS_MS = [1_000, 2_500, 4_000, 6_000];

/**
 * Runs the product's own kernels in a tight loop, with the same nice values as in the server. The kernels take turns,
 * so that a disturbance affects all of them. Errors: `model.*`, `engine.*`, the signal's reason.
 */
export async function measureKernels(options: MeasureOptions): Promise<readonly KernelRound[]> {
  const { clock, signal, forMs = DEFAULT_FOR_MS } = options;
  const scope = options.scope.child('kernels');
  try {
    const decode = await openRecognition(options, scope);
    const child = new SupervisedChild({
      name: 'kernels',
      entry: childEntry(import.meta.url, 'kernel-child'),
      niceness: CHILD_NICENESS,
      clock,
      log: silentLogger,
      metrics: noMetrics,
      scope,
      startTimeoutMs: CHILD_START_TIMEOUT_MS,
      init: undefined,
    });
    await child.start();
    const each = async (call: KernelCall): Promise<number> => {
      signal.throwIfAborted();
      const answer = await child.call<KernelAnswer>(call, { predictedMs: 20 * call.cpuMs, signal });
      return answer.cpuMs / answer.amount;
    };
    const round = async (): Promise<KernelRound> => {
      const asr: KernelRound['asr'][number][] = [];
      for (const audioMs of LENGTHS_MS) asr.push({ audioMs, cpuMs: await decode(audioMs) });
      return {
        asr,
        vadMsPerWindow: await each({ kernel: 'vad', batch: LISTENED_TO, cpuMs: CPU_MS }),
        opusDecodeMsPerPacket: await each({ kernel: 'opus_decode', cpuMs: CPU_MS }),
        opusEncodeMsPerPacket: await each({ kernel: 'opus_encode', ...OPUS, cpuMs: CPU_MS }),
        mp3MsPerAudioSecond: await each({ kernel: 'mp3_decode', cpuMs: CPU_MS }),
      };
    };
    // The first round warms caches, JIT and the allocator, which are warm in the server, too.
    await round();
    const rounds: KernelRound[] = [];
    const untilMs = clock.nowMs() + forMs;
    while (rounds.length < MIN_ROUNDS || clock.nowMs() < untilMs) rounds.push(await round());
    return rounds;
  } finally {
    await scope.close('measured');
  }
}

/** Uses the server's own engine process. */
async function openRecognition(
  { asrModel, modelsDir, slots, clock, signal }: MeasureOptions,
  scope: Scope,
): Promise<AsrKernel> {
  const store = await createModelStore({
    clock,
    log: silentLogger,
    metrics: noMetrics,
    scope,
    directory: modelsDir,
    locale: 'world',
    mirrors: [],
  });
  const installed = store.installed(asrModel);
  if (!installed)
    throw new ChorusError('model.not_installed', `the speech model ${asrModel} is not installed`, {
      details: { id: asrModel },
    });
  const { utterances } = await loadSpeech();
  const longest = utterances.at(-1)?.clip.pcm ?? new Int16Array(0);
  return openAsrKernel({ installed, audio: longest, slots, clock, scope, signal });
}
