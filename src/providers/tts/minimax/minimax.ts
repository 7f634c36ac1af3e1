import type { Clock, HttpClient } from '../../../core/index.js';
import type { ServiceGate } from '../../service-gate.js';
import { askService } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import { failureOf, numberIn, textIn, within } from '../../wire/json-news.js';
import { said, serviceError } from '../../wire/refusal.js';
import { eventsOf } from '../../wire/sse.js';
import type { TtsProvider } from '../tts-port.js';

export interface MinimaxSettings {
  readonly url: string;
  readonly group_id: string;
  readonly model: string;
  readonly voice: string;
}

const RATE_HZ = 24_000;
/** 1002: too many requests, 1039: too many tokens, 1008: no credit left. */
const BUSY_CODES = new Set([1002, 1008, 1039]);
const REFUSED_CODES = new Set([1004, 2013, 2049]);

/** https://platform.minimaxi.com/document/T2A%20V2 */
export function minimaxVoice(
  settings: MinimaxSettings,
  {
    clock,
    gate,
    http,
    rate: usualRate,
  }: {
    readonly clock: Clock;
    readonly gate: ServiceGate;
    readonly http: HttpClient | undefined;
    readonly rate: number;
  },
): TtsProvider {
  const url = new URL(settings.url);
  if (settings.group_id !== '') url.searchParams.set('GroupId', settings.group_id);
  return httpVoice({
    id: 'minimax',
    languages: ['*'],
    clock,
    gate,
    format: { kind: 'pcm', rateHz: RATE_HZ },
    expect: () => http?.open?.(settings.url),
    ask: ({ text, voice, rate = usualRate }, key, signal) =>
      askService(
        {
          kind: 'tts',
          http,
          url: url.href,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key ?? ''}` },
          body: JSON.stringify({
            model: settings.model,
            text,
            stream: true,
            voice_setting: { voice_id: voice ?? settings.voice, speed: rate, vol: 1, pitch: 0 },
            audio_setting: { sample_rate: RATE_HZ, format: 'pcm', channel: 1 },
          }),
        },
        signal,
      ),
    async *unpack(body) {
      for await (const event of eventsOf(body)) {
        const code = numberIn(within(event, 'base_resp')['status_code']) ?? 0;
        if (code !== 0) {
          const failure = failureOf(String(code), textIn(event, 'base_resp', 'status_msg'));
          const kind = BUSY_CODES.has(code) ? 'rate_limited' : REFUSED_CODES.has(code) ? 'rejected' : failure.code;
          throw serviceError('tts', kind, said(failure.message));
        }
        // The last event repeats all of it.
        if (within(event, 'data')['status'] !== 2) yield Buffer.from(textIn(event, 'data', 'audio'), 'hex');
      }
    },
  });
}
