import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import { cloudVoice, concurrentSentences, httpAddress, sampleRate, serviceLimits, voiceName } from '../../settings.js';
import { askService } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import { probeServer } from '../../wire/probe.js';

const LANGUAGES = ['zh', 'en'];

/** https://github.com/Ksuriuri/index-tts-vllm */
export const indexTts = defineVoice({
  id: 'index-tts',
  name: both('IndexTTS', 'IndexTTS'),
  about: both('An IndexTTS server of your own (index-tts-vllm).', '自己的 IndexTTS 服务（index-tts-vllm）。'),
  ...cloudVoice(undefined, { languages: LANGUAGES, words: both('Chinese, English', '中文、英语') }),
  settings: z.strictObject({
    url: httpAddress('http://127.0.0.1:11996/tts'),
    voice: voiceName('jay_klee'),
    sample_rate: sampleRate(24_000),
    max_concurrent: concurrentSentences(4),
  }),
  importFrom: [keyedService('tts', 'index-tts', ['index_stream'], { url: 'api_url', voice: 'voice' })],
  limits: serviceLimits,
  create: (of, { clock, gate, http }) =>
    httpVoice({
      id: 'index-tts',
      languages: LANGUAGES,
      clock,
      gate,
      format: { kind: 'pcm', rateHz: of.sample_rate },
      expect: () => http?.open?.(of.url),
      ask: ({ text, voice = of.voice }, _key, signal) =>
        askService(
          {
            kind: 'tts',
            http,
            url: of.url,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ text, character: voice }),
          },
          signal,
        ),
    }),
  probe: ({ url }, context) => probeServer('tts', url, context),
});
