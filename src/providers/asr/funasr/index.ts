import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRecognitionService } from '../../descriptor.js';
import { numberOf, textOf, type Branch, type ImportedProvider } from '../../imported-settings.js';
import { concurrentUtterances, serviceKey, serviceLimits, words, wsAddress } from '../../settings.js';
import { probeSocketRecognition } from '../../wire/probe.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';

const settings = z.strictObject({
  url: wsAddress('ws://127.0.0.1:10095'),
  api_key: serviceKey([]),
  hotwords: z
    .record(z.string().min(1).max(64), z.int().min(1).max(100))
    .default({})
    .meta(words('Words to expect, with their weight, for example {"小智": 20}.', '热词及权重，例如 {"小智": 20}。')),
  max_concurrent: concurrentUtterances(32),
});

export const funasrRecognition = defineRecognitionService({
  id: 'funasr',
  name: both('FunASR server', 'FunASR 服务'),
  about: both('A FunASR server of your own, in its mode of two passes.', '自己的 FunASR 服务，两遍识别模式。'),
  local: false,
  key: { variables: [], required: false },
  settings,
  languages: ['*'],
  streams: true,
  unproven: true,
  importFrom: [
    {
      types: ['fun_server'],
      to: 'asr.model, asr.funasr.url',
      about: both('The same server; its address is taken.', '同一服务，沿用它的地址。'),
      take,
    },
  ],
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    streamingRecognizer({
      id: 'funasr',
      languages: ['*'],
      clock,
      gate,
      dialect: async (_, key) => (await import('./dialect.js')).funasr(of, key),
    }),
  address: 'url',
  probe: (of, context) =>
    probeSocketRecognition(async (_, key) => (await import('./dialect.js')).funasr(of, key), of.api_key, context),
});

function take(from: Branch): ImportedProvider | undefined {
  const host = textOf(from['host']);
  if (host === undefined) return undefined;
  const secure = from['is_ssl'] !== false && textOf(from['is_ssl']) !== 'false';
  const url = `${secure ? 'wss' : 'ws'}://${host}:${numberOf(from['port']) ?? 10_095}`;
  return {
    fields: [
      { field: 'type', key: 'asr.model', value: 'funasr' },
      { field: 'host', key: 'asr.funasr.url', value: url },
    ],
  };
}
