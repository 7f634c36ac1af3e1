import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import {
  cloudVoice,
  concurrentSentences,
  described,
  httpAddress,
  sampleRate,
  serviceKey,
  serviceLimits,
  text,
  words,
} from '../../settings.js';
import { askService } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import { probeServer } from '../../wire/probe.js';

const TEMPLATE = '{"text": {text}, "voice": {voice}, "speed": {speed}}';

export const httpTemplate = defineVoice({
  id: 'custom-http',
  name: both('HTTP service', 'HTTP 服务'),
  about: both(
    'Any service that answers a request with audio: you write the request (tts.custom-http).',
    '任何以音频作答的 HTTP 服务：自己写请求（tts.custom-http）。',
  ),
  ...cloudVoice(),
  key: { variables: [], required: false },
  settings: z.strictObject({
    url: httpAddress('http://127.0.0.1:8000/tts'),
    body: described(
      text(4000).default(TEMPLATE),
      'Body of the request, JSON: {text}, {voice}, {language} and {speed} stand for values in ' +
        'JSON, quotes included.',
      '请求的正文（JSON）：{text}、{voice}、{language}、{speed} 会换成 JSON 值，已含引号。',
    ),
    headers: z
      .record(z.string().regex(/^[\w-]{1,64}$/), z.string().max(1024))
      .default({})
      .meta(words('Further headers.', '其他请求头。')),
    voice: z.string().max(256).default('').meta(words('Its voice.', '它的音色。')),
    format: z
      .enum(['wav', 'mp3', 'pcm'])
      .default('wav')
      .meta(words('Format of its answers; another one is recognised.', '它回答的格式；不同时会自动识别。')),
    sample_rate: sampleRate(24_000),
    api_key: serviceKey([]),
    max_concurrent: concurrentSentences(2),
  }),
  limits: serviceLimits,
  create: (of, { clock, gate, http, rate: usualRate }) =>
    httpVoice({
      id: 'custom-http',
      languages: ['*'],
      clock,
      gate,
      format: of.format === 'pcm' ? { kind: 'pcm', rateHz: of.sample_rate } : { kind: of.format },
      expect: () => http?.open?.(of.url),
      ask: ({ text: said, language, voice = of.voice, rate = usualRate }, key, signal) =>
        askService(
          {
            kind: 'tts',
            http,
            url: of.url,
            headers: {
              'content-type': 'application/json',
              ...(key !== undefined && { authorization: `Bearer ${key}` }),
              ...of.headers,
            },
            body: filled(of.body, { text: said, voice, language, speed: rate }),
          },
          signal,
        ),
    }),
  probe: ({ url }, context) => probeServer('tts', url, context),
});

/** Replaces all placeholders in one pass, so that inserted text is never treated as a placeholder. */
function filled(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(text|voice|language|speed)\}/gu, (_, name: string) => JSON.stringify(values[name]));
}
