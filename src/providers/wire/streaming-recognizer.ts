import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';
import { type Clock } from '../../core/index.js';
import { LearnedCost } from '../../engines/index.js';
import type { AsrProvider } from '../asr/asr-port.js';
import type { ServiceGate } from '../service-gate.js';
import type { MakeAsrDialect } from './asr-dialect.js';
import { ServiceStream } from './asr-stream.js';
import { LEAST_SAMPLES } from './whole-pieces.js';

export interface StreamingRecognizerOptions extends Pick<AsrProvider, 'id' | 'languages'> {
  readonly clock: Clock;
  readonly gate: ServiceGate;
  readonly dialect: MakeAsrDialect;
  /** Default: false, because services end every text with a punctuation mark. */
  readonly punctuationMeansEnd?: boolean;
}

/** A service that accepts audio while the person speaks. A complete utterance is sent at once. */
export function streamingRecognizer(options: StreamingRecognizerOptions): AsrProvider {
  const { id, languages, clock, punctuationMeansEnd = false } = options;
  const cost = new LearnedCost({ overheadMs: 500, msPerUnit: 0.1, typicalUnits: 3_000 });
  const open: NonNullable<AsrProvider['open']> = (request, signal) => new ServiceStream(request, options, signal);
  return {
    id,
    languages,
    local: false,
    punctuationMeansEnd,
    predictMs: (audioMs) => cost.predictMs(audioMs),
    open,
    async transcribe({ pcm, ...request }, signal) {
      signal.throwIfAborted();
      if (pcm.length < LEAST_SAMPLES) return { text: '', runMs: 0 };
      const startedMs = clock.nowMs();
      const stream = open(request, signal);
      stream.push(pcm);
      const text = await stream.finish();
      const runMs = Math.max(1, clock.nowMs() - startedMs);
      cost.observe(pcm.length / LISTEN_SAMPLES_PER_MS, runMs);
      return { text, runMs };
    },
  };
}
