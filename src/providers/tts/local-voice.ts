import { type Clock } from '../../core/index.js';
import { LearnedCost } from '../../engines/processes/learned-cost.js';
import type { LocalVoiceClient, LocalVoiceEngine } from './local.js';
import type { TtsAudio, TtsProvider, TtsRequest } from './tts-port.js';
import { spokenUnits } from '../../audio/index.js';

export interface LocalVoiceOptions {
  readonly engine: LocalVoiceEngine;
  readonly languages: readonly string[];
  readonly client: LocalVoiceClient;
  readonly clock: Clock;
  /** Expected before the first run, per unit of `spokenUnits`. */
  readonly msPerUnit: number;
  readonly fixedMs: number;
  /** When a request names none; 1 is normal speed. */
  readonly rate?: number;
}

/** The speaking process makes one sentence at a time: a second one inside it would hold a slot for nothing. */
const POOL = { id: 'speaking', size: 1 } as const;
/** A sentence of the middling sort. */
const TYPICAL_UNITS = 40;

const unitsOf = (text: string): number => Math.max(1, spokenUnits(text));

/** A TtsProvider in the main process whose voice runs in the speaking child. The chunk's audio comes as one piece. */
export function localVoice(options: LocalVoiceOptions): TtsProvider {
  const { engine, client, clock } = options;
  const cost = new LearnedCost({
    overheadMs: options.fixedMs,
    msPerUnit: options.msPerUnit,
    typicalUnits: TYPICAL_UNITS,
  });
  const predictMs = (text: string): number => cost.predictMs(unitsOf(text));

  return {
    id: engine,
    languages: options.languages,
    local: true,
    pool: POOL,
    predictMs,
    async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
      signal.throwIfAborted();
      const startedMs = clock.nowMs();
      const { rateHz, pcm } = await client(
        engine,
        { ...request, rate: request.rate ?? options.rate ?? 1 },
        { predictedMs: predictMs(request.text), signal },
      );
      signal.throwIfAborted();
      cost.observe(unitsOf(request.text), clock.nowMs() - startedMs);
      return {
        format: { kind: 'pcm', rateHz },
        chunks: onePiece(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)),
      };
    },
  };
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
