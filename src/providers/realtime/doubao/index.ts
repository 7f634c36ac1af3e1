import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRealtimeModel } from '../../descriptor.js';
import {
  accountId,
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
import { VOLCENGINE_KEYS } from '../../wire/volcengine.js';

const settings = described(
  z.strictObject({
    url: wsAddress('wss://openspeech.bytedance.com/api/v3/realtime/dialogue'),
    app_id: accountId(),
    model: modelName('1.2.1.0'),
    voice: voiceName('zh_female_vv_jupiter_bigtts'),
    api_key: serviceKey(VOLCENGINE_KEYS),
    max_concurrent: concurrentConversations(5),
    max_per_minute: requestsPerMinute(),
  }),
  "Doubao's end-to-end realtime model. It calls no tools.",
  '豆包端到端实时语音大模型。它不会调用工具。',
);

const make =
  (of: z.output<typeof settings>): MakeRealtimeDialect =>
  async (opening, key) =>
    (await import('./dialect.js')).doubao(of, opening, key);

export const doubaoRealtime = defineRealtimeModel({
  id: 'doubao-realtime',
  name: both('Doubao realtime', '豆包端到端实时语音'),
  about: both(
    'Doubao end to end at Volcengine, Chinese and English; calls no tools.',
    '火山引擎的豆包端到端实时语音，支持中文和英文；不会调用工具。',
  ),
  local: false,
  key: { variables: VOLCENGINE_KEYS, required: true },
  settings,
  address: 'url',
  tools: false,
  unproven: true,
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    socketRealtime({ id: 'doubao-realtime', tools: false, text: true, clock, gate, dialect: make(of) }),
  probe: (of, context) => probeRealtime(make(of), of.api_key, context),
});
