import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineVoice } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  cloudVoice,
  concurrentSentences,
  described,
  httpAddress,
  modelName,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  voiceName,
} from '../../settings.js';
import { probeSocketVoice } from '../../wire/probe.js';
import { socketVoice } from '../../wire/socket-voice.js';

const KEYS = ['MINIMAX_API_KEY'];

export const minimax = defineVoice({
  id: 'minimax',
  name: both('MiniMax', 'MiniMax'),
  about: both('Voices of MiniMax, cloned ones too.', 'MiniMax 语音，也支持克隆音色。'),
  ...cloudVoice('api_key'),
  streaming: 'text',
  key: { variables: KEYS, required: true },
  settings: z.strictObject({
    url: httpAddress('https://api.minimaxi.com/v1/t2a_v2'),
    group_id: described(z.string().max(64).default(''), 'Id of the group, for older accounts.', '旧账户的 GroupId。'),
    model: modelName('speech-2.6-turbo'),
    voice: voiceName('female-shaonv'),
    api_key: serviceKey(KEYS),
    max_concurrent: concurrentSentences(8),
    // Limit of a paid account: platform.minimaxi.com/docs/guides/rate-limits
    max_per_minute: requestsPerMinute(20),
  }),
  importFrom: [
    keyedService('tts', 'minimax', ['minimax', 'minimax_httpstream'], {
      api_key: 'api_key',
      group_id: 'group_id',
      model: 'model',
      voice: 'voice_id',
    }),
  ],
  limits: serviceLimits,
  create: (of, { clock, gate, rate }) =>
    socketVoice({
      id: 'minimax',
      languages: ['*'],
      clock,
      gate,
      format: { kind: 'pcm', rateHz: 24_000 },
      streams: true,
      dialect: async (parameters, key) =>
        (await import('./dialect.js')).minimaxVoice(of, parameters, parameters.rate ?? rate, key),
    }),
  probe: (of, context) =>
    probeSocketVoice(
      async (parameters, key) => (await import('./dialect.js')).minimaxVoice(of, parameters, 1, key),
      of.api_key,
      context,
    ),
});
