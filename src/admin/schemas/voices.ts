import { z } from 'zod';
import { bilingual } from './common.js';

export const voicesAnswer = z.object({
  current: z.object({ provider: z.string(), voice: z.string().optional() }),
  providers: z.array(
    z.object({
      id: z.string().meta({ description: 'For tts.provider.', examples: ['auto', 'edge', 'flite', 'melo-zh-en'] }),
      about: bilingual,
      languages: z.array(z.string()).meta({ description: 'Primary subtags; `*`: any.' }),
      local: z.boolean(),
      state: z
        .enum(['ready', 'unreachable', 'missing', 'no_key'])
        .meta({ description: 'missing: its model is not installed.' }),
      voices: z
        .array(
          z.object({
            name: z.string().meta({ description: 'For tts.voice.' }),
            language: z.string(),
            title: bilingual,
          }),
        )
        .meta({ description: 'Some that are known; others can be typed in.' }),
      settings: z
        .array(
          z.object({
            key: z.string().meta({ examples: ['tts.openai.base_url'] }),
            about: bilingual,
            secret: z.boolean(),
            value: z.string().optional().meta({ description: '`***`: a secret that is set.' }),
          }),
        )
        .meta({ description: 'What can be set for this provider from the page (PATCH of the configuration).' }),
    }),
  ),
});
export type VoicesAnswer = z.output<typeof voicesAnswer>;

/** The answer is sound: audio/wav or audio/mpeg, as the voice makes it. */
export const listenRequest = z.strictObject({
  provider: z.string().max(64).optional().meta({ description: 'tts.provider; left out: the present one.' }),
  voice: z
    .string()
    .max(128)
    .optional()
    .meta({ description: "tts.voice; left out: the provider's voice for the language." }),
  text: z.string().trim().min(1).max(200).optional(),
  language: z
    .string()
    .max(32)
    .optional()
    .meta({ description: 'A language tag; left out: that of the request.', examples: ['zh-CN', 'en-US'] }),
});
export type ListenRequest = z.output<typeof listenRequest>;
