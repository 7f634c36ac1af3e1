import { LISTEN_SAMPLES_PER_MS } from '../../../audio/format.js';
import { asChorusError, ChorusError, isCancelled } from '../../../core/index.js';
import {
  type AsrAnswer,
  type AsrCall,
  type AsrModel,
  isOnline,
  LearnedCost,
  type SupervisedChild,
} from '../../../engines/index.js';
import type { AsrProvider, AsrRequest, AsrSteps, Transcript } from '../asr-port.js';

export interface SherpaAsrOptions {
  readonly model: AsrModel;
  readonly engine: Pick<SupervisedChild, 'call'>;
}

/** Less than 100 ms contains no word, and Moonshine cannot process it. */
const MIN_SAMPLES = 100 * LISTEN_SAMPLES_PER_MS;
const TYPICAL_AUDIO_MS = 3_000;

/**
 * The caller must hold a CPU slot. A running decode cannot be interrupted, so a cancelled call settles only when the
 * decode has ended.
 */
export function sherpaAsr(options: SherpaAsrOptions): AsrProvider {
  const { model, engine } = options;
  let streams = 0;
  const cost = new LearnedCost({
    overheadMs: model.cost.overheadMs,
    msPerUnit: model.cost.msPerAudioSecond / 1_000,
    typicalUnits: TYPICAL_AUDIO_MS,
  });
  const transcribe = async (request: AsrRequest, signal: AbortSignal): Promise<Transcript> => {
    signal.throwIfAborted();
    if (request.pcm.length < MIN_SAMPLES) return { text: '', runMs: 0 };
    return decode({ pcm: request.pcm }, true, signal);
  };
  const decode = async (call: AsrCall, retryOnCrash: boolean, signal: AbortSignal): Promise<Transcript> => {
    const audioMs = call.pcm.length / LISTEN_SAMPLES_PER_MS;
    const predictedMs = cost.predictMs(audioMs);
    try {
      const options = { predictedMs, signal, waitOnCancel: true, retryOnCrash };
      const { text, runMs, processCpuMs } = await engine.call<AsrAnswer>(call, options);
      cost.observe(audioMs, runMs);
      return { text, runMs, processCpuMs };
    } catch (error) {
      throw isCancelled(error) || signal.aborted ? error : asAsrError(error);
    }
  };
  const openSteps = (): AsrSteps => {
    const id = ++streams;
    let state: 'new' | 'open' | 'over' = 'new';
    return {
      decode(pcm, last, signal) {
        signal.throwIfAborted();
        const first = state === 'new';
        state = last ? 'over' : 'open';
        // No retry after a crash, because a new process does not know the stream.
        return decode({ pcm, stream: { id, first, next: last ? 'complete' : 'more' } }, false, signal);
      },
      close() {
        if (state !== 'open') return;
        state = 'over';
        const call: AsrCall = { pcm: new Int16Array(), stream: { id, first: false, next: 'dropped' } };
        engine.call(call, { predictedMs: 1, native: false, retryOnCrash: false }).catch(() => undefined);
      },
    };
  };
  return {
    id: model.id,
    languages: model.languages,
    local: true,
    punctuationMeansEnd: model.punctuationMeansEnd,
    predictMs: (audioMs) => cost.predictMs(audioMs),
    transcribe,
    ...(isOnline(model.spec) && { openSteps }),
  };
}

function asAsrError(error: unknown): ChorusError {
  const known = asChorusError(error, 'asr.failed');
  return known.code === 'engine.job_failed' ? new ChorusError('asr.failed', known.message, { cause: known }) : known;
}
