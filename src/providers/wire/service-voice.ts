import type { SpeechFormat } from '../../audio/format.js';
import type { Clock } from '../../core/index.js';
import type { ServiceGate } from '../service-gate.js';
import { type SpeedPrior, SynthesisCost } from '../tts/speed.js';
import type { TtsAudio, TtsProvider, TtsRequest, WrittenTtsRequest } from '../tts/tts-port.js';

export interface ServiceVoiceOptions {
  readonly id: string;
  readonly languages: readonly string[];
  readonly clock: Clock;
  readonly gate: ServiceGate;
  readonly format: SpeechFormat;
  readonly expect?: TtsProvider['expect'];
}

/**
 * `done` is called when the sentence is complete or was stopped, possibly twice. It is not called if the promise
 * rejects.
 */
export type SpeakSentence<Request = TtsRequest> = (
  request: Request,
  key: string | undefined,
  signal: AbortSignal,
  done: (complete: boolean) => void,
) => Promise<TtsAudio>;

export interface ServiceVoice {
  readonly speak: SpeakSentence;
  readonly stream?: SpeakSentence<WrittenTtsRequest>;
}

export function serviceVoice(
  { id, languages, clock, gate, format, expect }: ServiceVoiceOptions,
  guess: SpeedPrior,
  { speak, stream }: ServiceVoice,
): TtsProvider {
  const cost = new SynthesisCost(guess);
  const inGate = async <Request extends { readonly device?: string }>(
    say: SpeakSentence<Request>,
    request: Request,
    signal: AbortSignal,
    onComplete: (tookMs: number) => void = () => undefined,
  ): Promise<TtsAudio> => {
    const lease = await gate.take(request.device, signal);
    const startedMs = clock.nowMs();
    try {
      return await say(request, lease.key, signal, (complete) => {
        lease.release();
        if (complete) onComplete(clock.nowMs() - startedMs);
      });
    } catch (error) {
      lease.refused(error);
      lease.release();
      throw error;
    }
  };
  return {
    id,
    languages,
    local: false,
    predictMs: (text) => cost.predictMs(text),
    ...(expect && { expect }),
    async synthesize(request, signal) {
      signal.throwIfAborted();
      if (!/[\p{L}\p{N}]/u.test(request.text)) return { format, chunks: nothing() };
      return inGate(speak, request, signal, (tookMs) => cost.observe(request.text, tookMs));
    },
    ...(stream && {
      async stream(request, signal) {
        signal.throwIfAborted();
        return inGate(stream, request, signal);
      },
    }),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
