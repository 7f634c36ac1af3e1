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
  text,
  words,
  wsAddress,
} from '../../settings.js';
import { DASHSCOPE_KEYS, DASHSCOPE_URL } from '../../wire/dashscope.js';
import { probeSocketRecognition } from '../../wire/probe.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';
import { WarmSockets } from '../../wire/warm-sockets.js';

const settings = z.strictObject({
  url: wsAddress(DASHSCOPE_URL),
  model: modelName('paraformer-realtime-v2'),
  vocabulary_id: text(128).optional().meta(words('Id of a list of words that are to be expected.', '热词表的编号。')),
  api_key: serviceKey(DASHSCOPE_KEYS),
  max_concurrent: concurrentUtterances(20),
  max_per_minute: requestsPerMinute(),
});

export const dashscopeRecognition = defineRecognitionService({
  id: 'dashscope',
  name: both('Aliyun Bailian', '阿里云百炼'),
  about: both(
    'Aliyun Bailian (DashScope): Paraformer, or Fun-ASR by its model.',
    '阿里云百炼（DashScope）：Paraformer，也可用 Fun-ASR 模型。',
  ),
  local: false,
  key: { variables: DASHSCOPE_KEYS, required: true },
  settings,
  languages: ['*'],
  streams: true,
  unproven: true,
  importFrom: [keyedService('asr', 'dashscope', ['aliyunbl_stream'], { api_key: 'api_key', model: 'model' })],
  limits: serviceLimits,
  create(of, { clock, gate, scope }) {
    const sockets = new WarmSockets(clock, scope);
    return streamingRecognizer({
      id: 'dashscope',
      languages: ['*'],
      clock,
      gate,
      dialect: async ({ language }, key) => (await import('./dialect.js')).dashscopeAsr(of, language, key, sockets),
    });
  },
  address: 'url',
  probe: (of, context) =>
    probeSocketRecognition(
      async ({ language }, key) => (await import('./dialect.js')).dashscopeAsr(of, language, key),
      of.api_key,
      context,
    ),
});
