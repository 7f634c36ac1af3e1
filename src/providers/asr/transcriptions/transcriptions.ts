import { type Clock, type HttpClient, primarySubtag } from '../../../core/index.js';
import { LISTEN_RATE_HZ, writeWav } from '../../../audio/index.js';
import type { ServiceGate } from '../../service-gate.js';
import { askService, jsonOf, textOrEmpty, withoutSlash } from '../../wire/http.js';
import { wholePieces } from '../../wire/whole-pieces.js';
import type { AsrProvider } from '../asr-port.js';

export interface TranscriptionsOptions {
  readonly id: string;
  readonly languages: readonly string[];
  readonly clock: Clock;
  readonly http?: HttpClient | undefined;
  /** The address up to and including `/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Names and words that the model should expect. */
  readonly prompt?: string | undefined;
  readonly gate: ServiceGate;
}

/** A service with OpenAI's `POST /audio/transcriptions`. */
export function transcriptionService(options: TranscriptionsOptions): AsrProvider {
  const { id, languages, clock, gate, http, baseUrl, model, prompt } = options;
  return wholePieces({
    id,
    languages,
    clock,
    gate,
    async ask({ pcm, language }, key, signal) {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(writeWav({ rateHz: LISTEN_RATE_HZ, pcm }))]), 'speech.wav');
      form.set('model', model);
      form.set('response_format', 'json');
      const spoken = primarySubtag(language);
      // The services accept two-letter codes and refuse others.
      if (spoken.length === 2) form.set('language', spoken);
      if (prompt !== undefined) form.set('prompt', prompt);
      // The form is sent as bytes, because a client with persistent connections accepts nothing else.
      const encoded = new Response(form);
      const response = await askService(
        {
          kind: 'asr',
          http,
          url: `${withoutSlash(baseUrl)}/audio/transcriptions`,
          headers: {
            'content-type': encoded.headers.get('content-type') ?? '',
            ...(key !== undefined && { authorization: `Bearer ${key}` }),
          },
          body: new Uint8Array(await encoded.arrayBuffer()),
        },
        signal,
      );
      return textOrEmpty((await jsonOf('asr', response, signal))['text']);
    },
  });
}
