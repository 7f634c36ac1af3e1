import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  cloudVoice,
  concurrentSentences,
  modelName,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  voiceName,
  wsAddress,
} from '../../settings.js';
import { DASHSCOPE_KEYS, DASHSCOPE_URL } from '../../wire/dashscope.js';
import { probeSocketVoice } from '../../wire/probe.js';
import { socketVoice } from '../../wire/socket-voice.js';
import { WarmSockets } from '../../wire/warm-sockets.js';

export const cosyvoice = defineVoice({
  id: 'cosyvoice',
  name: both('CosyVoice', 'CosyVoice'),
  about: both('CosyVoice at Aliyun Bailian.', '阿里云百炼的 CosyVoice 语音。'),
  ...cloudVoice('api_key'),
  streaming: 'text',
  key: { variables: DASHSCOPE_KEYS, required: true },
  settings: z.strictObject({
    url: wsAddress(DASHSCOPE_URL),
    model: modelName('cosyvoice-v2'),
    voice: voiceName('longxiaochun_v2'),
    api_key: serviceKey(DASHSCOPE_KEYS),
    max_concurrent: concurrentSentences(3),
    max_per_minute: requestsPerMinute(),
  }),
  importFrom: [
    keyedService('tts', 'cosyvoice', ['alibl_stream', 'cosyvoice'], {
      api_key: 'api_key',
      model: 'model',
      voice: 'voice',
    }),
  ],
  limits: serviceLimits,
  create(of, { clock, gate, rate, scope }) {
    const sockets = new WarmSockets(clock, scope);
    return socketVoice({
      id: 'cosyvoice',
      languages: ['*'],
      clock,
      gate,
      format: { kind: 'pcm', rateHz: 24_000 },
      streams: true,
      dialect: async (parameters, key) =>
        (await import('./dialect.js')).cosyvoice(of, parameters, parameters.rate ?? rate, key, sockets),
    });
  },
  probe: (of, context) =>
    probeSocketVoice(
      async (parameters, key) => (await import('./dialect.js')).cosyvoice(of, parameters, 1, key),
      of.api_key,
      context,
    ),
});
