import { z } from 'zod';
import { errorDetails } from './common.js';

export const llmPresetsAnswer = z.object({
  presets: z.array(
    z.object({
      id: z.string().meta({ examples: ['glm', 'ollama'] }),
      title: z.string(),
      baseUrl: z.string(),
      model: z.string().optional().meta({ description: "The preset's own; left out where one has to be chosen." }),
      needsKey: z.boolean(),
      keySet: z
        .boolean()
        .meta({ description: 'A key is there already, from the configuration or the usual variable of the vendor.' }),
      keyVariables: z.array(z.string()).meta({ description: 'The usual variables of the vendor.' }),
      found: z
        .array(z.string())
        .optional()
        .meta({ description: 'It runs on this machine, and has these models. Left out: it was not found here.' }),
    }),
  ),
  current: z.object({
    preset: z.string(),
    baseUrl: z.string().optional(),
    model: z.string().optional(),
    keySet: z.boolean(),
  }),
});
export type LlmPresetsAnswer = z.output<typeof llmPresetsAnswer>;

export const tryLlmRequest = z.strictObject({
  preset: z.string().max(32).optional(),
  baseUrl: z.string().max(2048).optional().meta({
    description:
      "In place of the preset's. http(s); on this machine or in the local network only on ports of known local servers; never a metadata address.",
  }),
  model: z.string().max(128).optional(),
  apiKey: z
    .string()
    .max(8192)
    .optional()
    .meta({ description: 'Left out: the one that is set for just this address, if there is one. Not kept.' }),
  prompt: z.string().min(1).max(500).optional(),
});
export type TryLlmRequest = z.output<typeof tryLlmRequest>;

/** That it did not work is an answer, not an error of the API. */
export const tryLlmAnswer = z.union([
  z.object({
    ok: z.literal(true),
    firstTokenMs: z.number(),
    totalMs: z.number(),
    model: z.string().optional(),
    text: z.string().meta({ description: 'At most 500 characters.' }),
  }),
  z.object({ ok: z.literal(false), error: errorDetails }),
]);
export type TryLlmAnswer = z.output<typeof tryLlmAnswer>;
