import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRecognitionService } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import { concurrentUtterances, nlsSettings, requestsPerMinute, serviceLimits, wsAddress } from '../../settings.js';
import { NlsToken } from '../../wire/aliyun-nls.js';
import { probeSocketRecognition } from '../../wire/probe.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';

const settings = z.strictObject({
  url: wsAddress('wss://nls-gateway-cn-shanghai.aliyuncs.com/ws/v1'),
  ...nlsSettings,
  max_concurrent: concurrentUtterances(2),
  max_per_minute: requestsPerMinute(),
});

export const aliyunNlsRecognition = defineRecognitionService({
  id: 'aliyun-nls',
  name: both('Aliyun NLS', '阿里云智能语音交互'),
  about: both(
    "Aliyun's older speech service; the language is set in its project.",
    '阿里云智能语音交互；语言在其项目里设置。',
  ),
  local: false,
  key: { variables: ['ALIYUN_ACCESS_KEY_SECRET'], required: true },
  settings,
  languages: ['*'],
  streams: true,
  unproven: true,
  importFrom: [
    keyedService('asr', 'aliyun-nls', ['aliyun_stream', 'aliyun'], {
      appkey: 'appkey',
      access_key_id: 'access_key_id',
      api_key: 'access_key_secret',
    }),
  ],
  limits: serviceLimits,
  create(of, { clock, http, gate }) {
    const tokens = new NlsToken('asr', of, clock, http);
    return streamingRecognizer({
      id: 'aliyun-nls',
      languages: ['*'],
      clock,
      gate,
      dialect: async (_, key) => (await import('./dialect.js')).aliyunNlsAsr(of, key, tokens),
    });
  },
  address: 'url',
  probe: (of, context) =>
    probeSocketRecognition(
      async (_, key) =>
        (await import('./dialect.js')).aliyunNlsAsr(of, key, new NlsToken('asr', of, context.clock, context.http)),
      of.api_key,
      context,
    ),
});
