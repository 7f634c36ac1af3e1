import type { Clock } from '../../core/index.js';
import type { LocalVoiceClient, LocalVoiceEngine } from './local.js';
import type { TtsAudio, TtsProvider, TtsRequest } from './tts-port.js';
import { SynthesisCost } from './speed.js';

export interface LocalVoiceOptions {
  readonly engine: LocalVoiceEngine;
  readonly languages: readonly string[];
  readonly client: LocalVoiceClient;
  readonly clock: Clock;
  /** Assumed time per unit of `spokenUnits`, before the first run. */
  readonly msPerUnit: number;
  readonly overheadMs: number;
  /** 1 is normal speed. A request may name another speed. */
  readonly rate?: number;
}

/**
 * The speaking process synthesises one sentence at a time, so a second one would occupy a CPU slot while it waits.
 */
const POOL = { id: 'speaking', size: 1 } as const;
export type LocalVoiceSetup = Pick<LocalVoiceOptions, 'client' | 'clock' | 'rate'>;

/** The audio of a sentence arrives at once. */
export function localVoice(options: LocalVoiceOptions): TtsProvider {
  const { engine, client, clock } = options;
  const cost = new SynthesisCost(options);
  return {
    id: engine,
    languages: options.languages,
    local: true,
    pool: POOL,
    predictMs: (text) => cost.predictMs(text),
    async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
      signal.throwIfAborted();
      const startedMs = clock.nowMs();
      const { rateHz, pcm } = await client(
        engine,
        { ...request, rate: request.rate ?? options.rate ?? 1 },
        { predictedMs: cost.predictMs(request.text), signal },
      );
      signal.throwIfAborted();
      cost.observe(request.text, clock.nowMs() - startedMs);
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
