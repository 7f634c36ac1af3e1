import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  cloudVoice,
  concurrentSentences,
  httpAddress,
  modelName,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  voiceName,
} from '../../settings.js';
import { askService, withoutSlash } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import { probeHttp } from '../../wire/probe.js';

const KEYS = ['ELEVENLABS_API_KEY', 'ELEVEN_API_KEY'];
const RATE_HZ = 24_000;

/** https://elevenlabs.io/docs/api-reference/text-to-speech/stream */
export const elevenlabs = defineVoice({
  id: 'elevenlabs',
  name: both('ElevenLabs', 'ElevenLabs'),
  about: both('Voices of ElevenLabs.', 'ElevenLabs 语音。'),
  ...cloudVoice('api_key'),
  key: { variables: KEYS, required: true },
  settings: z.strictObject({
    url: httpAddress('https://api.elevenlabs.io'),
    model: modelName('eleven_flash_v2_5'),
    voice: voiceName('21m00Tcm4TlvDq8ikWAM'),
    api_key: serviceKey(KEYS),
    max_concurrent: concurrentSentences(4),
    max_per_minute: requestsPerMinute(),
  }),
  importFrom: [keyedService('tts', 'elevenlabs', ['elevenlabs'], { api_key: 'api_key', voice: 'voice_id' })],
  limits: serviceLimits,
  create: (of, { clock, gate, http, rate: usualRate }) =>
    httpVoice({
      id: 'elevenlabs',
      languages: ['*'],
      clock,
      gate,
      format: { kind: 'pcm', rateHz: RATE_HZ },
      expect: () => http?.open?.(of.url),
      ask: ({ text, voice = of.voice, rate = usualRate }, key, signal) =>
        askService(
          {
            kind: 'tts',
            http,
            url:
              `${withoutSlash(of.url)}/v1/text-to-speech/${encodeURIComponent(voice)}` +
              `/stream?output_format=pcm_${RATE_HZ}`,
            headers: { 'content-type': 'application/json', 'xi-api-key': key ?? '' },
            body: JSON.stringify({
              text,
              model_id: of.model,
              ...(rate !== 1 && { voice_settings: { speed: Math.min(1.2, Math.max(0.7, rate)) } }),
            }),
          },
          signal,
        ),
    }),
  probe: (of, context) =>
    probeHttp('tts', `${withoutSlash(of.url)}/v1/models`, (key) => ({ 'xi-api-key': key }), of.api_key, context),
});
