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
import { DASHSCOPE_KEYS } from '../../wire/dashscope.js';
import type { MakeRealtimeDialect } from '../../wire/realtime-dialect.js';
import { probeRealtime, socketRealtime } from '../../wire/socket-realtime.js';

const settings = described(
  z.strictObject({
    url: wsAddress('wss://dashscope.aliyuncs.com/api-ws/v1/realtime'),
    model: modelName('qwen3-omni-flash-realtime'),
    voice: voiceName('Cherry'),
    api_key: serviceKey(DASHSCOPE_KEYS),
    max_concurrent: concurrentConversations(10),
    max_per_minute: requestsPerMinute(),
  }),
  'Qwen-Omni at Aliyun Bailian.',
  '阿里云百炼的 Qwen-Omni。',
);

const make =
  (of: z.output<typeof settings>): MakeRealtimeDialect =>
  async (opening, key) =>
    (await import('./variant.js')).qwenOmni(of, opening, key);

export const qwenOmni = defineRealtimeModel({
  id: 'qwen-omni',
  name: both('Qwen-Omni', '千问 Qwen-Omni'),
  about: both('Qwen-Omni at Aliyun Bailian, many languages.', '阿里云百炼的 Qwen-Omni，支持多种语言。'),
  local: false,
  key: { variables: DASHSCOPE_KEYS, required: true },
  settings,
  address: 'url',
  tools: true,
  unproven: true,
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    socketRealtime({ id: 'qwen-omni', tools: true, text: false, clock, gate, dialect: make(of) }),
  probe: (of, context) => probeRealtime(make(of), of.api_key, context),
});
