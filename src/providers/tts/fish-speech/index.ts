import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  cloudVoice,
  concurrentSentences,
  httpAddress,
  serviceKey,
  serviceLimits,
  text,
  words,
} from '../../settings.js';
import { askService, withoutSlash } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import { probeServer } from '../../wire/probe.js';

const KEYS = ['FISH_API_KEY'];

/** Fish Speech, self-hosted, or fish.audio: https://docs.fish.audio/api-reference/endpoint/openapi-v1/text-to-speech */
export const fishSpeech = defineVoice({
  id: 'fish-speech',
  name: both('Fish Speech', 'Fish Speech'),
  about: both('A Fish Speech server of your own, or fish.audio.', '自己的 Fish Speech 服务，或 fish.audio。'),
  ...cloudVoice(),
  key: { variables: KEYS, required: false },
  settings: z.strictObject({
    url: httpAddress('http://127.0.0.1:8080'),
    voice: text(256).optional().meta(words('Id of the reference voice.', '参考音色的编号（reference_id）。')),
    api_key: serviceKey(KEYS),
    max_concurrent: concurrentSentences(2),
  }),
  importFrom: [keyedService('tts', 'fish-speech', ['fishspeech'], { voice: 'reference_id', api_key: 'api_key' })],
  limits: serviceLimits,
  create: (of, { clock, gate, http }) =>
    httpVoice({
      id: 'fish-speech',
      languages: ['*'],
      clock,
      gate,
      format: { kind: 'wav' },
      expect: () => http?.open?.(of.url),
      ask: ({ text: said, voice = of.voice }, key, signal) =>
        askService(
          {
            kind: 'tts',
            http,
            url: `${withoutSlash(of.url)}/v1/tts`,
            headers: {
              'content-type': 'application/json',
              ...(key !== undefined && { authorization: `Bearer ${key}` }),
            },
            body: JSON.stringify({ text: said, format: 'wav', streaming: true, reference_id: voice ?? null }),
          },
          signal,
        ),
    }),
  probe: ({ url }, context) => probeServer('tts', url, context),
});
