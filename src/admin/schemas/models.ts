import { z } from 'zod';
import { bilingual } from './common.js';

export const modelView = z.object({
  id: z.string(),
  kind: z.string().meta({ examples: ['asr', 'tts', 'vad'] }),
  languages: z.array(z.string()),
  about: bilingual,
  licence: z.string(),
  downloadBytes: z.number().meta({ description: '0: comes with Chorus.' }),
  state: z
    .enum(['installed', 'missing', 'downloading', 'checking', 'unpacking', 'waiting'])
    .meta({ description: 'waiting: an attempt failed and the next comes later, or another process is pulling it.' }),
  receivedBytes: z.number(),
  totalBytes: z.number().optional(),
  percent: z.number().optional().meta({ description: '0 to 100; left out while the total is not known.' }),
  mirror: z.string().optional(),
  code: z.string().optional().meta({ description: 'Why it waits: a row of docs/errors.md.' }),
  reason: z.string().optional().meta({ description: 'The same in words, in the language of the request.' }),
  used: z.boolean().meta({ description: 'It recognises or speaks now.' }),
});
export type ModelView = z.output<typeof modelView>;

export const modelsAnswer = z.object({ models: z.array(modelView) });
export const pullAnswer = z.object({ model: modelView });
