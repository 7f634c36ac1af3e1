import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  accountId,
  accountSecret,
  cloudVoice,
  concurrentSentences,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  voiceName,
  wsAddress,
} from '../../settings.js';
import { ServiceTime } from '../../wire/service-time.js';
import { probeSocketVoice } from '../../wire/probe.js';
import { socketVoice } from '../../wire/socket-voice.js';

const LANGUAGES = ['zh', 'en'];

export const xunfei = defineVoice({
  id: 'xunfei',
  name: both('iFlytek', '讯飞'),
  about: both("iFlytek's voices that sound like people.", '讯飞超拟人语音。'),
  ...cloudVoice('api_key', { languages: LANGUAGES, words: both('Chinese, English', '中文、英语') }),
  streaming: 'text',
  key: { variables: ['XUNFEI_API_KEY'], required: true },
  settings: z.strictObject({
    url: wsAddress('wss://cbm01.cn-huabei-1.xf-yun.com/v1/private/mcd9m97e6'),
    app_id: accountId(),
    api_key: serviceKey(['XUNFEI_API_KEY']),
    api_secret: accountSecret(),
    voice: voiceName('x5_lingxiaoxuan_flow'),
    max_concurrent: concurrentSentences(2),
    max_per_minute: requestsPerMinute(),
  }),
  importFrom: [
    keyedService('tts', 'xunfei', ['xunfei_stream'], {
      api_key: 'api_key',
      app_id: 'app_id',
      api_secret: 'api_secret',
      voice: 'voice',
    }),
  ],
  limits: serviceLimits,
  create(of, { clock, gate, rate }) {
    const time = new ServiceTime(clock);
    return socketVoice({
      id: 'xunfei',
      languages: LANGUAGES,
      clock,
      gate,
      format: { kind: 'pcm', rateHz: 24_000 },
      streams: true,
      dialect: async (parameters, key) =>
        (await import('./dialect.js')).xunfeiVoice(of, parameters, parameters.rate ?? rate, key, time),
    });
  },
  probe: (of, context) =>
    probeSocketVoice(
      async (parameters, key) =>
        (await import('./dialect.js')).xunfeiVoice(of, parameters, 1, key, new ServiceTime(context.clock)),
      of.api_key,
      context,
    ),
});
