import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  cloudVoice,
  concurrentSentences,
  described,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  text,
  voiceName,
  wsAddress,
} from '../../settings.js';
import { probeSocketVoice } from '../../wire/probe.js';
import { socketVoice } from '../../wire/socket-voice.js';
import { VOLCENGINE_KEYS } from '../../wire/volcengine.js';
import { WarmSockets } from '../../wire/warm-sockets.js';

export const volcengine = defineVoice({
  id: 'volcengine',
  name: both('Doubao', '豆包'),
  about: both("Doubao's voices at Volcengine, cloned ones too.", '火山引擎的豆包音色，也支持克隆音色。'),
  ...cloudVoice('api_key'),
  streaming: 'text',
  key: { variables: VOLCENGINE_KEYS, required: true },
  settings: z.strictObject({
    url: wsAddress('wss://openspeech.bytedance.com/api/v3/tts/bidirection'),
    app_id: described(
      text(64).optional(),
      'Id of the application; not with a key of the new console.',
      '应用的 APP ID；新版控制台的密钥不需要它。',
    ),
    resource_id: described(
      text(64).default('volc.service_type.10029'),
      'Product that was bought: volc.service_type.10029, seed-tts-2.0, or seed-icl-1.0 for cloned voices.',
      '购买的资源：volc.service_type.10029、seed-tts-2.0，克隆音色用 seed-icl-1.0。',
    ),
    voice: voiceName('zh_female_wanwanxiaohe_moon_bigtts'),
    api_key: serviceKey(VOLCENGINE_KEYS),
    // A trial account allows two sentences at a time, a paid account a hundred.
    max_concurrent: concurrentSentences(2),
    max_per_minute: requestsPerMinute(),
  }),
  importFrom: [
    keyedService('tts', 'volcengine', ['huoshan_double_stream', 'doubao'], {
      api_key: 'access_token',
      app_id: 'appid',
      resource_id: 'resource_id',
      voice: 'speaker',
    }),
  ],
  limits: serviceLimits,
  create(of, { clock, gate, rate, scope }) {
    const sockets = new WarmSockets(clock, scope);
    return socketVoice({
      id: 'volcengine',
      languages: ['*'],
      clock,
      gate,
      format: { kind: 'pcm', rateHz: 24_000 },
      streams: true,
      dialect: async (parameters, key) =>
        (await import('./dialect.js')).volcengineVoice(of, parameters, parameters.rate ?? rate, key, sockets),
    });
  },
  probe: (of, context) =>
    probeSocketVoice(
      async (parameters, key) => (await import('./dialect.js')).volcengineVoice(of, parameters, 1, key),
      of.api_key,
      context,
    ),
});
