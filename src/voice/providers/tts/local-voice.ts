import type { Clock } from '../../../core/index.js';
import type { LocalVoiceClient, LocalVoiceEngine } from './local.js';
import type { TtsAudio, TtsProvider, TtsRequest } from './port.js';
import { SpeedEstimate } from './speed.js';

export interface LocalVoiceOptions {
  readonly engine: LocalVoiceEngine;
  readonly languages: readonly string[];
  readonly client: LocalVoiceClient;
  readonly clock: Clock;
  /** Expected before the first run; see {@link SpeedEstimate}. */
  readonly msPerUnit: number;
  readonly fixedMs: number;
  /** When a request names none; 1 is normal speed. */
  readonly rate?: number;
}

/** A TtsProvider in the main process whose voice runs in the speaking child. The chunk's audio comes as one piece. */
export function localVoice(options: LocalVoiceOptions): TtsProvider {
  const { engine, client, clock } = options;
  const speed = new SpeedEstimate(options.msPerUnit, options.fixedMs);

  return {
    id: engine,
    languages: options.languages,
    local: true,
    predictMs: (text) => speed.predictMs(text),
    async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
      signal.throwIfAborted();
      const startedMs = clock.nowMs();
      const { rateHz, pcm } = await client(engine, { ...request, rate: request.rate ?? options.rate ?? 1 }, { predictedMs: speed.predictMs(request.text), signal });
      signal.throwIfAborted();
      speed.learn(request.text, clock.nowMs() - startedMs);
      return { format: { kind: 'pcm', rateHz }, chunks: onePiece(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)) };
    },
  };
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
