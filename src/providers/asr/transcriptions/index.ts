import { z } from 'zod';
import { both, type Bilingual } from '../../../core/index.js';
import { defineRecognitionService, type RecognitionServiceDescriptor } from '../../descriptor.js';
import type { ImportRow } from '../../imported-settings.js';
import {
  concurrentUtterances,
  described,
  httpUrl,
  requestsPerMinute,
  secret,
  serviceLimits,
  text,
  words,
} from '../../settings.js';
import { IMPORTED_TRANSCRIPTIONS } from './imported.js';
import { probeModels } from '../../wire/probe.js';
import { transcriptionService } from './transcriptions.js';

interface Preset {
  readonly id: string;
  readonly name: string;
  readonly about: Bilingual;
  readonly baseUrl: string;
  readonly model: string;
  readonly variables: readonly string[];
  readonly concurrent: number;
  /** As published by the vendor. */
  readonly perMinute?: number;
  readonly importFrom?: readonly ImportRow[];
}

/** Services with OpenAI's `/audio/transcriptions`. The first is also meant for servers in the local network. */
const PRESETS: readonly Preset[] = [
  {
    id: 'openai',
    name: 'OpenAI',
    about: both(
      'OpenAI, or a server with /audio/transcriptions: faster-whisper, FunASR, LocalAI and others.',
      'OpenAI，或任何提供 /audio/transcriptions 的服务：faster-whisper、FunASR、LocalAI 等。',
    ),
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-4o-mini-transcribe',
    variables: ['OPENAI_API_KEY'],
    concurrent: 16,
    importFrom: IMPORTED_TRANSCRIPTIONS.openai,
  },
  {
    id: 'groq',
    name: 'Groq',
    about: both('Whisper at Groq, very fast.', 'Groq 的 Whisper，非常快。'),
    baseUrl: 'https://api.groq.com/openai/v1',
    model: 'whisper-large-v3-turbo',
    variables: ['GROQ_API_KEY'],
    concurrent: 8,
    // Limit of an account without a paid plan: console.groq.com/docs/rate-limits
    perMinute: 20,
    importFrom: IMPORTED_TRANSCRIPTIONS.groq,
  },
  {
    id: 'siliconflow',
    name: 'SiliconFlow',
    about: both('SenseVoice at SiliconFlow, free.', '硅基流动的 SenseVoice，免费。'),
    baseUrl: 'https://api.siliconflow.cn/v1',
    model: 'FunAudioLLM/SenseVoiceSmall',
    variables: ['SILICONFLOW_API_KEY'],
    concurrent: 8,
  },
];

export const transcriptionServices: readonly RecognitionServiceDescriptor[] = PRESETS.map((preset) => {
  const settings = z.strictObject({
    base_url: httpUrl
      .default(preset.baseUrl)
      .meta(words('A service with /audio/transcriptions.', '提供 /audio/transcriptions 的服务。')),
    model: text(128).default(preset.model).meta(words('Its model.', '它的模型。')),
    api_key: secret(
      `Key of ${preset.name}, or several, separated by commas; also ${preset.variables.join(', ')}.`,
      `${preset.name} 的密钥，可写多个，用逗号分隔；也可以用 ${preset.variables.join('、')}。`,
    ),
    prompt: described(
      text(1000).optional(),
      'Names and words to expect, where the model takes them.',
      '提示可能出现的人名和词语（模型支持时）。',
    ),
    max_concurrent: concurrentUtterances(preset.concurrent),
    max_per_minute: requestsPerMinute(preset.perMinute),
  });
  return defineRecognitionService({
    id: preset.id,
    name: both(preset.name, preset.name),
    about: preset.about,
    local: false,
    key: { variables: preset.variables, required: true },
    settings,
    languages: ['*'],
    unproven: true,
    ...(preset.importFrom && { importFrom: preset.importFrom }),
    limits: serviceLimits,
    create: ({ base_url: baseUrl, model, prompt }, { clock, http, gate }) =>
      transcriptionService({ id: preset.id, languages: ['*'], clock, http, gate, baseUrl, model, prompt }),
    address: 'base_url',
    probe: ({ base_url: baseUrl, api_key: keys }, context) => probeModels('asr', baseUrl, keys, context),
  });
});
