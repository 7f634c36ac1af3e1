import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRecognitionService } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  concurrentUtterances,
  described,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  text,
  words,
  wsAddress,
} from '../../settings.js';
import { probeSocketRecognition } from '../../wire/probe.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';
import { VOLCENGINE_KEYS } from '../../wire/volcengine.js';

const settings = z.strictObject({
  url: wsAddress('wss://openspeech.bytedance.com/api/v3/sauc/bigmodel_async'),
  app_id: described(
    text(64).optional(),
    'Id of the application; not with a key of the new console.',
    '应用的 APP ID；新版控制台的密钥不需要它。',
  ),
  api_key: serviceKey(VOLCENGINE_KEYS),
  resource_id: described(
    text(64).default('volc.bigasr.sauc.duration'),
    'Product that was bought: volc.bigasr.sauc or volc.seedasr.sauc (2.0), .duration (by the hour) or .concurrent.',
    '购买的资源：volc.bigasr.sauc 或 volc.seedasr.sauc（2.0），按时长 .duration 或按并发 .concurrent。',
  ),
  boosting_table: text(128)
    .optional()
    .meta(words('Name of a list of words that are to be expected.', '热词表的名称。')),
  max_concurrent: concurrentUtterances(20),
  max_per_minute: requestsPerMinute(),
});

export const volcengineRecognition = defineRecognitionService({
  id: 'volcengine',
  name: both('Doubao (Volcengine)', '豆包（火山引擎）'),
  about: both("Doubao's big model at Volcengine.", '火山引擎的豆包大模型语音识别。'),
  local: false,
  key: { variables: VOLCENGINE_KEYS, required: true },
  settings,
  languages: ['zh', 'yue', 'en'],
  streams: true,
  unproven: true,
  importFrom: [
    keyedService('asr', 'volcengine', ['doubao_stream', 'doubao', 'volcengine'], {
      api_key: 'access_token',
      app_id: 'appid',
    }),
  ],
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    streamingRecognizer({
      id: 'volcengine',
      languages: ['zh', 'yue', 'en'],
      clock,
      gate,
      dialect: async (_, key) => (await import('./dialect.js')).volcengineAsr(of, key),
    }),
  address: 'url',
  probe: (of, context) =>
    probeSocketRecognition(
      async (_, key) => (await import('./dialect.js')).volcengineAsr(of, key),
      of.api_key,
      context,
    ),
});
