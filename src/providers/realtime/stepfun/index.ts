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

const KEYS = ['STEPFUN_API_KEY', 'STEP_API_KEY'];

const settings = described(
  z.strictObject({
    url: wsAddress('wss://api.stepfun.com/v1/realtime'),
    model: modelName('step-audio-2'),
    voice: voiceName('qingchunshaonv'),
    api_key: serviceKey(KEYS),
    max_concurrent: concurrentConversations(5),
    max_per_minute: requestsPerMinute(),
  }),
  'Realtime models of StepFun.',
  '阶跃星辰实时语音模型。',
);

const make =
  (of: z.output<typeof settings>): MakeRealtimeDialect =>
  async (opening, key) =>
    (await import('./variant.js')).stepFun(of, opening, key);

export const stepFunRealtime = defineRealtimeModel({
  id: 'stepfun-realtime',
  name: both('StepFun Realtime', '阶跃星辰 Realtime'),
  about: both('Step-Audio of StepFun, Chinese and English.', '阶跃星辰 Step-Audio，支持中文和英文。'),
  local: false,
  key: { variables: KEYS, required: true },
  settings,
  address: 'url',
  tools: true,
  unproven: true,
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    socketRealtime({ id: 'stepfun-realtime', tools: true, text: true, clock, gate, dialect: make(of) }),
  probe: (of, context) => probeRealtime(make(of), of.api_key, context),
});
