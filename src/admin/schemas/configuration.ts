import { z } from 'zod';
import { bilingual, wallMs, errorDetails } from './common.js';

/** Whether a configuration is read, and where values come from. Secrets are `***` where one is set. */
export const configAnswer = z.object({
  file: z.string(),
  values: z.record(z.string(), z.unknown()).meta({ description: 'What is in force, nested as in the file.' }),
  fields: z.array(
    z.object({
      key: z.string().meta({ examples: ['llm.preset'] }),
      value: z.unknown().optional(),
      set: z.boolean().meta({ description: 'Not at its default.' }),
      fixed: z
        .boolean()
        .meta({ description: 'Set by a variable or a flag, which wins over the file: it cannot be changed here.' }),
      origin: z.string().meta({ description: 'Where it was set, in words, in the language of the request.' }),
      live: z.boolean().meta({ description: 'A running server takes it over; else it counts from the next start.' }),
      secret: z.boolean(),
      changeable: z.boolean().meta({ description: 'This API changes it (PATCH).' }),
      about: z.string(),
      allowed: z.string().meta({ description: 'What it takes, in words.' }),
    }),
  ),
  restart: z.array(z.string()).meta({ description: 'Keys whose value in the file counts from the next start.' }),
  backups: z
    .array(z.object({ id: z.string(), bytes: z.number(), atMs: wallMs.optional() }))
    .meta({ description: 'Newest first.' }),
});
export type ConfigAnswer = z.output<typeof configAnswer>;

export const changeConfigRequest = z.strictObject({
  set: z.record(z.string().max(128), z.unknown()).meta({
    description: 'By dotted key; null takes a key out of the file, so that its default counts.',
    examples: [{ 'llm.preset': 'glm' }],
  }),
});
export type ChangeConfigRequest = z.output<typeof changeConfigRequest>;

/** Nothing was changed unless `ok` (HTTP 200; else 422). */
export const changeConfigAnswer = z.union([
  z.object({
    ok: z.literal(true),
    changed: z.array(z.string()).meta({ description: 'In force now.' }),
    restart: z.array(z.string()).meta({ description: 'Counts from the next start.' }),
    backup: z.string().optional().meta({ description: 'Copy of the file from before: `chorus config rollback ID`.' }),
  }),
  z.object({ ok: z.literal(false), mistakes: z.array(z.object({ key: z.string(), text: bilingual })) }),
  z.object({
    ok: z.literal(false),
    error: errorDetails.meta({ description: 'It is valid and does not work.' }),
    part: z
      .string()
      .optional()
      .meta({ examples: ['llm', 'recognition', 'voice', 'turn'] }),
  }),
]);
export type ChangeConfigAnswer = z.output<typeof changeConfigAnswer>;

export const reloadConfigRequest = z.strictObject({
  trial: z.boolean().default(true).meta({ description: 'What is new is tried before it is relied on.' }),
});
