import { z } from 'zod';
import { both } from '../../../core/index.js';
import { defineRecognitionService } from '../../descriptor.js';
import { keyedService } from '../../imported-settings.js';
import {
  concurrentUtterances,
  modelName,
  requestsPerMinute,
  serviceKey,
  serviceLimits,
  wsAddress,
} from '../../settings.js';
import { probeSocketRecognition } from '../../wire/probe.js';
import { streamingRecognizer } from '../../wire/streaming-recognizer.js';

const KEYS = ['DEEPGRAM_API_KEY'];

const settings = z.strictObject({
  url: wsAddress('wss://api.deepgram.com/v1/listen'),
  model: modelName('nova-3'),
  api_key: serviceKey(KEYS),
  max_concurrent: concurrentUtterances(50),
  max_per_minute: requestsPerMinute(),
});

export const deepgramRecognition = defineRecognitionService({
  id: 'deepgram',
  name: both('Deepgram', 'Deepgram'),
  about: both('Deepgram, many languages.', 'Deepgram，支持多种语言。'),
  local: false,
  key: { variables: KEYS, required: true },
  settings,
  languages: ['*'],
  streams: true,
  unproven: true,
  importFrom: [keyedService('asr', 'deepgram', ['deepgram'], { api_key: 'api_key' })],
  limits: serviceLimits,
  create: (of, { clock, gate }) =>
    streamingRecognizer({
      id: 'deepgram',
      languages: ['*'],
      clock,
      gate,
      punctuationMeansEnd: true,
      dialect: async ({ language }, key) => (await import('./dialect.js')).deepgram(of, language, key),
    }),
  address: 'url',
  probe: (of, context) =>
    probeSocketRecognition(
      async ({ language }, key) => (await import('./dialect.js')).deepgram(of, language, key),
      of.api_key,
      context,
    ),
});
