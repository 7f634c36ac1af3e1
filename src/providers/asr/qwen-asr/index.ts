import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRecognitionService } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  concurrentUtterances,
  modelName,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  wsAddress,
} from '../../settings.js';
import { DASHSCOPE_KEYS } from '../../wire/dashscope.js';
import { probeSocketRecognition } from '../../wire/probe.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';

const settings = z.strictObject({
  url: wsAddress('wss://dashscope.aliyuncs.com/api-ws/v1/realtime'),
  model: modelName('qwen3-asr-flash-realtime'),
  api_key: serviceKey(DASHSCOPE_KEYS),
  max_concurrent: concurrentUtterances(20),
  max_per_minute: requestsPerMinute(),
});

export const qwenRecognition = defineRecognitionService({
  id: 'qwen-asr',
  name: both('Qwen3-ASR', '千问 Qwen3-ASR'),
  about: both('Qwen3-ASR at Aliyun Bailian, many languages.', '阿里云百炼的 Qwen3-ASR，支持多种语言。'),
  local: false,
  key: { variables: DASHSCOPE_KEYS, required: true },
  settings,
  languages: ['*'],
  streams: true,
  unproven: true,
  importFrom: [keyedService('asr', 'qwen-asr', ['qwen3_asr_flash'], { api_key: 'api_key' })],
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    streamingRecognizer({
      id: 'qwen-asr',
      languages: ['*'],
      clock,
      gate,
      dialect: async ({ language }, key) => (await import('./dialect.js')).qwenAsr(of, language, key),
    }),
  address: 'url',
  probe: (of, context) =>
    probeSocketRecognition(
      async ({ language }, key) => (await import('./dialect.js')).qwenAsr(of, language, key),
      of.api_key,
      context,
    ),
});
