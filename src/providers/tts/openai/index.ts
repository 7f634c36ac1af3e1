import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import {
  concurrentSentences,
  described,
  httpUrl,
  requestsPerMinute,
  secret,
  serviceLimits,
  text,
  words,
} from '../../settings.js';
import { probeModels } from '../../wire/probe.js';
import { IMPORTED_SPEECH } from './imported.js';
import { openAiTts } from './openai.js';

const settings = described(
  z.strictObject({
    base_url: httpUrl.default('https://api.openai.com/v1').meta({
      ...words('An OpenAI-compatible service with /audio/speech.', '提供 /audio/speech 的 OpenAI 兼容服务。'),
      page: true,
    }),
    model: text(128)
      .default('gpt-4o-mini-tts')
      .meta({ ...words('Its model.', '它的模型。'), page: true }),
    voice: text(128).default('alloy').meta(words('Its voice.', '它的声音。')),
    api_key: secret(
      'Key of the speech service; also OPENAI_API_KEY.',
      '语音服务的密钥；也可以用 OPENAI_API_KEY。',
    ).meta({
      page: true,
    }),
    sample_rate: described(
      z.int().min(8000).max(48_000).optional(),
      'Samples a second to ask for, for a service that sends another rate than OpenAI (24000).',
      '要求的采样率，用于发送的采样率与 OpenAI（24000）不同的服务。',
    ),
    max_concurrent: concurrentSentences(4),
    max_per_minute: requestsPerMinute(),
  }),
  'OpenAI, or a speech service that is compatible with it.',
  'OpenAI 或与它兼容的语音服务。',
);

export const openai = defineVoice({
  id: 'openai',
  name: both('OpenAI', 'OpenAI'),
  about: both(
    'OpenAI, or a service that is compatible with it (tts.openai).',
    'OpenAI 或与它兼容的服务（tts.openai）。',
  ),
  local: false,
  key: { variables: ['OPENAI_API_KEY'], required: true },
  settings,
  languages: ['*'],
  // The voice costs money, so it speaks only if the user chose it.
  automatic: false,
  address: { setting: 'base_url', changeable: true },
  voices: ['alloy', 'ash', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer'].map((name) => ({
    name,
    language: '*',
    title: both(name, name),
  })),
  inTable: {
    languages: both('by the service', '由服务决定'),
    needs: both('an address and mostly a key (`tts.openai`)', '地址，多半还要密钥（`tts.openai`）'),
    sounds: both('natural', '自然'),
  },
  refusal: {
    cause: both('openai: a wrong key.', 'openai：密钥错误。'),
    fix: both('openai: set `tts.openai.api_key`.', 'openai：设置 `tts.openai.api_key`。'),
  },
  unproven: true,
  importFrom: IMPORTED_SPEECH,
  limits: serviceLimits,
  create: ({ base_url: baseUrl, model, voice, sample_rate: rateHz }, { clock, http, rate, gate }) =>
    openAiTts({
      clock,
      baseUrl,
      model,
      voice,
      gate,
      rate,
      // SiliconFlow sends 44.1 kHz unless the request names a rate. Played at 24 kHz, this would be about half speed.
      asksForRate: rateHz !== undefined || /(?:^|\.)siliconflow\.(?:cn|com)$/u.test(new URL(baseUrl).hostname),
      ...(rateHz !== undefined && { rateHz }),
      ...(http && { http }),
    }),
  probe: ({ base_url: baseUrl, api_key: keys }, context) => probeModels('tts', baseUrl, keys, context),
});
