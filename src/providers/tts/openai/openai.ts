import type { Clock, HttpClient } from '../../../core/index.js';
import type { SpeechFormat } from '../../../audio/format.js';
import type { ServiceGate } from '../../service-gate.js';
import { askService, withoutSlash } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import type { TtsProvider } from '../tts-port.js';

export interface OpenAiTtsOptions {
  readonly id?: string;
  readonly clock: Clock;
  /** The address up to and including `/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly voice: string;
  /** Default: `pcm`, which needs no decoding and is playable from its first byte. */
  readonly format?: 'pcm' | 'mp3' | 'wav';
  /** Raw audio has no header that states its rate. Default: 24 kHz. */
  readonly rateHz?: number;
  /** True if the request must name the rate as `sample_rate`, because the service would send another rate. */
  readonly asksForRate?: boolean;
  /** Gives one lease per sentence. Without a key, no Authorization header is sent, as local services require. */
  readonly gate: ServiceGate;
  /** 1 is normal speed. A request may name another speed. */
  readonly rate?: number;
  readonly http?: HttpClient;
}

const OPENAI_PCM_RATE_HZ = 24_000;

/** A voice of any service with OpenAI's `POST /audio/speech`. */
export function openAiTts(options: OpenAiTtsOptions): TtsProvider {
  const { id = 'openai', clock, gate, http, baseUrl, format = 'pcm', rateHz = OPENAI_PCM_RATE_HZ } = options;
  const asked: SpeechFormat = format === 'pcm' ? { kind: format, rateHz } : { kind: format };
  return httpVoice({
    id,
    languages: ['*'],
    clock,
    gate,
    format: asked,
    expect: () => http?.open?.(baseUrl),
    ask(request, key, signal) {
      const rate = request.rate ?? options.rate ?? 1;
      return askService(
        {
          kind: 'tts',
          http,
          url: `${withoutSlash(baseUrl)}/audio/speech`,
          headers: {
            'content-type': 'application/json',
            ...(key !== undefined && { authorization: `Bearer ${key}` }),
          },
          body: JSON.stringify({
            model: options.model,
            voice: request.voice ?? options.voice,
            input: request.text,
            response_format: format,
            ...(options.asksForRate === true && { sample_rate: rateHz, stream: true }),
            ...(rate === 1 ? {} : { speed: rate }),
          }),
        },
        signal,
      );
    },
  });
}
