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
  text,
  voiceName,
  wsAddress,
} from '../../settings.js';
import type { MakeRealtimeDialect } from '../../wire/realtime-dialect.js';
import { probeRealtime, socketRealtime } from '../../wire/socket-realtime.js';

const KEYS = ['OPENAI_API_KEY'];

const settings = described(
  z.strictObject({
    url: wsAddress('wss://api.openai.com/v1/realtime'),
    model: modelName('gpt-realtime'),
    voice: voiceName('marin'),
    transcription: described(
      text(128).default('gpt-4o-mini-transcribe'),
      'The model that writes down what was said, for the screen, the history and the memory.',
      '把说的话写成文字的模型；文字用于屏幕、对话记录和记忆。',
    ),
    api_key: serviceKey(KEYS),
    max_concurrent: concurrentConversations(20),
    max_per_minute: requestsPerMinute(),
  }),
  "OpenAI's realtime models, and servers that speak the same protocol.",
  'OpenAI 实时语音模型，以及使用同一协议的服务。',
);

const make =
  (of: z.output<typeof settings>): MakeRealtimeDialect =>
  async (opening, key) =>
    (await import('./variant.js')).openAi(of, opening, key);

export const openAiRealtimeModel = defineRealtimeModel({
  id: 'openai-realtime',
  name: both('OpenAI Realtime', 'OpenAI Realtime'),
  about: both('OpenAI Realtime, and servers that speak its protocol.', 'OpenAI Realtime，以及使用同一协议的服务。'),
  local: false,
  key: { variables: KEYS, required: true },
  settings,
  address: 'url',
  tools: true,
  unproven: true,
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    socketRealtime({ id: 'openai-realtime', tools: true, text: true, clock, gate, dialect: make(of) }),
  probe: (of, context) => probeRealtime(make(of), of.api_key, context),
});
