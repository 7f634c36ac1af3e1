import type { Clock, HttpClient } from '../../../core/index.js';
import type { SpeechFormat } from '../../../audio/format.js';
import type { ServiceGate } from '../../service-gate.js';
import { askService, withoutSlash } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import type { TtsProvider } from '../tts-port.js';

export interface OpenAiTtsOptions {
  /** Default `openai`. */
  readonly id?: string;
  readonly clock: Clock;
  /** The address up to and including `/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly voice: string;
  /** Default `pcm`: nothing to decode, and the first bytes are sound. */
  readonly format?: 'pcm' | 'mp3' | 'wav';
  /** The rate of raw samples, which the samples do not name; default 24 kHz. */
  readonly rateHz?: number;
  /** True: the service takes the rate as `sample_rate`, and sends another rate without it. */
  readonly asksForRate?: boolean;
  /**
   * One lease for each sentence that the service speaks. Without a key there is no Authorization header, as local
   * services want it.
   */
  readonly gate: ServiceGate;
  /** Speed if a request names none; 1 is normal speed. */
  readonly rate?: number;
  /** In place of the global `fetch`. */
  readonly http?: HttpClient;
}

const OPENAI_PCM_RATE_HZ = 24_000;

/** Any service that speaks OpenAI's `POST /audio/speech`. */
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
