import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  cloudVoice,
  concurrentSentences,
  nlsSettings,
  requestsPerMinute,
  serviceLimits,
  voiceName,
  wsAddress,
} from '../../settings.js';
import { NlsToken } from '../../wire/aliyun-nls.js';
import { probeSocketVoice } from '../../wire/probe.js';
import { socketVoice } from '../../wire/socket-voice.js';

export const aliyunNls = defineVoice({
  id: 'aliyun-nls',
  name: both('Aliyun NLS', '阿里云智能语音交互'),
  about: both("Voices of Aliyun's older speech service.", '阿里云智能语音交互的音色。'),
  ...cloudVoice('api_key'),
  streaming: 'text',
  key: { variables: ['ALIYUN_ACCESS_KEY_SECRET'], required: true },
  settings: z.strictObject({
    url: wsAddress('wss://nls-gateway-cn-beijing.aliyuncs.com/ws/v1'),
    ...nlsSettings,
    voice: voiceName('longxiaochun'),
    max_concurrent: concurrentSentences(2),
    max_per_minute: requestsPerMinute(),
  }),
  importFrom: [
    keyedService('tts', 'aliyun-nls', ['aliyun_stream', 'aliyun'], {
      appkey: 'appkey',
      access_key_id: 'access_key_id',
      api_key: 'access_key_secret',
      voice: 'voice',
    }),
  ],
  limits: serviceLimits,
  create(of, { clock, gate, http, rate }) {
    const tokens = new NlsToken('tts', of, clock, http);
    return socketVoice({
      id: 'aliyun-nls',
      languages: ['*'],
      clock,
      gate,
      format: { kind: 'pcm', rateHz: 24_000 },
      streams: true,
      dialect: async (parameters, key) =>
        (await import('./dialect.js')).aliyunNlsVoice(of, parameters, parameters.rate ?? rate, () => tokens.value(key)),
    });
  },
  probe: (of, context) =>
    probeSocketVoice(
      async (parameters, key) =>
        (await import('./dialect.js')).aliyunNlsVoice(of, parameters, 1, () =>
          new NlsToken('tts', of, context.clock, context.http).value(key),
        ),
      of.api_key,
      context,
    ),
});
