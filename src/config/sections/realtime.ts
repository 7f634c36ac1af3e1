import { z } from 'zod';
import { type ProviderRegistry, described } from '../../providers/index.js';
import { idsOf, sectionsOf } from './provider-sections.js';

export const realtimeOf = (providers: ProviderRegistry) =>
  z.strictObject({
    services: described(
      z
        .array(z.enum(idsOf(providers.realtimeModels)))
        .max(8)
        .default([]),
      'Realtime models that agents may choose (the field realtime of an agent). None: every agent has recognition, ' +
        'language model and voice.',
      '智能体可以选用的实时语音模型（智能体的 realtime 字段）。不写：所有智能体都用识别、大模型和声音。',
    ),
    ...sectionsOf(providers.realtimeModels),
  });
