import { z } from 'zod';
import { wallMs } from './common.js';
import { modelView } from './models.js';

export const overviewAnswer = z.object({
  version: z.string(),
  startedAtMs: wallMs,
  nowMs: wallMs,
  addresses: z
    .object({
      otaUrl: z.string().meta({ description: 'What a person enters on the device.' }),
      websocketUrl: z.string(),
      secure: z.boolean().meta({
        description:
          'True for wss and https: a browser allows the microphone from anywhere. Otherwise only on localhost.',
      }),
    })
    .optional()
    .meta({ description: 'Left out where the server does not know how devices reach it (server.public_url).' }),
  ready: z.boolean(),
  starting: z
    .array(z.string())
    .meta({ description: 'What the start waits for: names of child processes, `recognition`, `database`.' }),
  models: z.array(modelView).meta({ description: 'Models that are in use, being fetched, or chosen and missing.' }),
  recognition: z
    .object({ en: z.string().optional(), zh: z.string().optional() })
    .meta({ description: 'Model in use for English and for Chinese devices.' }),
  llm: z.object({
    provider: z.string().meta({ description: 'Preset, `offline`, or `custom` for llm.base_url alone.' }),
    model: z.string().optional(),
    state: z
      .enum(['offline', 'ok', 'failing'])
      .meta({ description: 'offline: the built-in assistant. failing: the last turn that asked it got an error.' }),
    code: z.string().optional().meta({ description: 'If failing: an error code of docs/errors.md.' }),
  }),
  voice: z.object({
    provider: z.string().meta({ description: 'tts.provider.' }),
    voice: z.string().optional().meta({ description: 'tts.voice.' }),
    speaking: z
      .array(z.string())
      .meta({ description: 'Voices that are available now, in the order in which they are tried.' }),
    missing: z.string().optional().meta({ description: 'The chosen voice, if its model is not installed.' }),
  }),
  load: z.object({
    ceiling: z.number().meta({ description: 'Devices that may talk at once.' }),
    talking: z.number().meta({ description: 'Devices that talk now.' }),
    connections: z.number(),
    target: z
      .union([z.literal('off'), z.number()])
      .meta({ description: 'Share of the machine up to which devices are let in.' }),
    reason: z.string().meta({ description: 'Why the ceiling is what it is.' }),
  }),
  drain: z.boolean().meta({ description: 'True: it lets running replies finish and takes no new connections.' }),
});
export type OverviewAnswer = z.output<typeof overviewAnswer>;
