import { z } from 'zod';
import { both, primarySubtag } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import { cloudVoice, concurrentSentences, httpAddress, serviceLimits, words } from '../../settings.js';
import { askService, withoutSlash } from '../../wire/http.js';
import { httpVoice } from '../../wire/http-voice.js';
import { probeServer } from '../../wire/probe.js';

const free = (max: number) => z.string().max(max).default('');

const LANGUAGES = ['zh', 'yue', 'en', 'ja', 'ko'];

/** `api_v2.py` of https://github.com/RVC-Boss/GPT-SoVITS */
export const gptSovits = defineVoice({
  id: 'gpt-sovits',
  name: both('GPT-SoVITS', 'GPT-SoVITS'),
  about: both('A GPT-SoVITS server of your own, with a cloned voice.', '自己的 GPT-SoVITS 服务，使用克隆音色。'),
  ...cloudVoice(undefined, {
    languages: LANGUAGES,
    words: both('Chinese, Cantonese, English, Japanese, Korean', '中文、粤语、英语、日语、韩语'),
  }),
  settings: z.strictObject({
    url: httpAddress('http://127.0.0.1:9880'),
    ref_audio_path: free(1024).meta(
      words('Recording of the voice, by its path on that server.', '参考音频在该服务器上的路径。'),
    ),
    prompt_text: free(1024).meta(words('Words that are spoken in it.', '参考音频里说的话。')),
    prompt_lang: free(16).meta(words('Its language, zh for example.', '参考音频的语言，例如 zh。')),
    max_concurrent: concurrentSentences(1),
  }),
  importFrom: [
    keyedService('tts', 'gpt-sovits', ['gpt_sovits_v2', 'gpt_sovits_v3'], {
      ref_audio_path: 'ref_audio_path',
      prompt_text: 'prompt_text',
      prompt_lang: 'prompt_lang',
    }),
  ],
  limits: serviceLimits,
  create: (of, { clock, gate, http, rate: usualRate }) =>
    httpVoice({
      id: 'gpt-sovits',
      languages: LANGUAGES,
      clock,
      gate,
      format: { kind: 'wav' },
      expect: () => http?.open?.(of.url),
      ask: ({ text, language, rate = usualRate }, _key, signal) =>
        askService(
          {
            kind: 'tts',
            http,
            url: `${withoutSlash(of.url)}/tts`,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
              text,
              text_lang: primarySubtag(language),
              ref_audio_path: of.ref_audio_path,
              prompt_text: of.prompt_text,
              prompt_lang: of.prompt_lang || primarySubtag(language),
              media_type: 'wav',
              streaming_mode: true,
              speed_factor: rate,
            }),
          },
          signal,
        ),
    }),
  probe: ({ url }, context) => probeServer('tts', url, context),
});
