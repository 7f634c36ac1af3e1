import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRealtimeModel } from '../../descriptor.js';
import {
  concurrentConversations,
  described,
  modelName,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  voiceName,
  wsAddress,
} from '../../settings.js';
import type { MakeRealtimeDialect } from '../../wire/realtime-dialect.js';
import { probeRealtime, socketRealtime } from '../../wire/socket-realtime.js';

const KEYS = ['ZHIPUAI_API_KEY', 'ZHIPU_API_KEY', 'BIGMODEL_API_KEY'];

const settings = described(
  z.strictObject({
    url: wsAddress('wss://open.bigmodel.cn/api/paas/v4/realtime'),
    model: modelName('glm-realtime'),
    voice: voiceName('tongtong'),
    api_key: serviceKey(KEYS),
    max_concurrent: concurrentConversations(5),
    max_per_minute: requestsPerMinute(),
  }),
  'GLM-Realtime of Zhipu.',
  '智谱 GLM-Realtime。',
);

const make =
  (of: z.output<typeof settings>): MakeRealtimeDialect =>
  async (opening, key) =>
    (await import('./variant.js')).glm(of, opening, key);

export const glmRealtime = defineRealtimeModel({
  id: 'glm-realtime',
  name: both('GLM-Realtime', '智谱 GLM-Realtime'),
  about: both('GLM-Realtime of Zhipu, Chinese and English.', '智谱 GLM-Realtime，支持中文和英文。'),
  local: false,
  key: { variables: KEYS, required: true },
  settings,
  address: 'url',
  tools: true,
  unproven: true,
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    socketRealtime({ id: 'glm-realtime', tools: true, text: true, clock, gate, dialect: make(of) }),
  probe: (of, context) => probeRealtime(make(of), of.api_key, context),
});
