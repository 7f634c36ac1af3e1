import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRecognitionService } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  accountId,
  concurrentUtterances,
  described,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  words,
  wsAddress,
} from '../../settings.js';
import { ServiceTime } from '../../wire/service-time.js';
import { probeSocketRecognition } from '../../wire/probe.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';

const settings = described(
  z.strictObject({
    url: wsAddress('wss://asr.cloud.tencent.com/asr/v2'),
    app_id: accountId(),
    secret_id: z.string().max(128).default('').meta(words('SecretId of the account.', '账户的 SecretId。')),
    api_key: serviceKey(['TENCENTCLOUD_SECRET_KEY']),
    max_concurrent: concurrentUtterances(20),
    max_per_minute: requestsPerMinute(),
  }),
  'Recognition by Tencent Cloud; the key is the SecretKey.',
  '腾讯云语音识别；密钥为 SecretKey。',
);

const LANGUAGES = ['zh', 'yue', 'en', 'ja', 'ko', 'th', 'vi', 'ms', 'id', 'fr', 'de', 'es', 'pt', 'tr', 'ar', 'hi'];

export const tencentRecognition = defineRecognitionService({
  id: 'tencent',
  name: both('Tencent Cloud', '腾讯云'),
  about: both("Tencent Cloud's realtime recognition.", '腾讯云实时语音识别。'),
  local: false,
  key: { variables: ['TENCENTCLOUD_SECRET_KEY'], required: true },
  settings,
  languages: LANGUAGES,
  streams: true,
  unproven: true,
  importFrom: [
    keyedService('asr', 'tencent', ['tencent'], {
      api_key: 'secret_key',
      app_id: 'appid',
      secret_id: 'secret_id',
    }),
  ],
  limits: serviceLimits,
  create(of, { clock, gate }) {
    const time = new ServiceTime(clock);
    return streamingRecognizer({
      id: 'tencent',
      languages: LANGUAGES,
      clock,
      gate,
      dialect: async ({ language }, key) => (await import('./dialect.js')).tencentAsr(of, language, key, time),
    });
  },
  address: 'url',
  probe: (of, context) =>
    probeSocketRecognition(
      async ({ language }, key) =>
        (await import('./dialect.js')).tencentAsr(of, language, key, new ServiceTime(context.clock)),
      of.api_key,
      context,
    ),
});
