import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRecognitionService } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  accountId,
  accountSecret,
  concurrentUtterances,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  wsAddress,
} from '../../settings.js';
import { ServiceTime } from '../../wire/service-time.js';
import { probeSocketRecognition } from '../../wire/probe.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';

const settings = z.strictObject({
  url: wsAddress('wss://iat.cn-huabei-1.xf-yun.com/v1'),
  app_id: accountId(),
  api_key: serviceKey(['XUNFEI_API_KEY']),
  api_secret: accountSecret(),
  max_concurrent: concurrentUtterances(10),
  max_per_minute: requestsPerMinute(),
});

export const xunfeiRecognition = defineRecognitionService({
  id: 'xunfei',
  name: both('iFlytek', '讯飞'),
  about: both("iFlytek's big model for Mandarin.", '讯飞大模型中文语音识别。'),
  local: false,
  key: { variables: ['XUNFEI_API_KEY'], required: true },
  settings,
  languages: ['zh', 'en'],
  streams: true,
  unproven: true,
  importFrom: [
    keyedService('asr', 'xunfei', ['xunfei_stream'], {
      api_key: 'api_key',
      app_id: 'app_id',
      api_secret: 'api_secret',
    }),
  ],
  limits: serviceLimits,
  create(of, { clock, gate }) {
    const time = new ServiceTime(clock);
    return streamingRecognizer({
      id: 'xunfei',
      languages: ['zh', 'en'],
      clock,
      gate,
      dialect: async (_, key) => (await import('./dialect.js')).xunfeiAsr(of, key, time),
    });
  },
  address: 'url',
  probe: (of, context) =>
    probeSocketRecognition(
      async (_, key) => (await import('./dialect.js')).xunfeiAsr(of, key, new ServiceTime(context.clock)),
      of.api_key,
      context,
    ),
});
