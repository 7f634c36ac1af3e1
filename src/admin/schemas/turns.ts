import { z } from 'zod';
import { bothLanguages, wallMs } from './common.js';

/** A turn in a word, and in a sentence for a person. */
export const turnVerdict = z.object({
  kind: z
    .enum([
      'smooth',
      'stuttered',
      'slow_recognition',
      'slow_model',
      'slow_voice',
      'waited',
      'failed',
      'busy',
      'not_understood',
      'interrupted',
      'nothing',
    ])
    .meta({
      description:
        'waited: for its turn, because others talked. nothing: sound that was no speech, or given up before it was understood.',
    }),
  good: z.boolean(),
  text: bothLanguages,
});
export type TurnVerdict = z.output<typeof turnVerdict>;

export const turnEntry = z.object({
  id: z.union([z.number(), z.string()]).meta({
    description:
      'A number, from 1 in order, which begins anew with the server; a text for a turn of the history, from before that.',
  }),
  deviceId: z.string(),
  language: z.string(),
  board: z.string().optional(),
  firmwareVersion: z.string().optional(),
  atWallMs: wallMs.meta({ description: 'When it was over.' }),
  utteranceAtWallMs: wallMs.meta({ description: 'When it was decided that the utterance is over.' }),
  outcome: z
    .string()
    .meta({ examples: ['answered', 'interrupted', 'failed', 'not_understood', 'empty', 'exit', 'busy', 'abandoned'] }),
  code: z.string().optional().meta({ description: 'A row of docs/errors.md.' }),
  mode: z.string(),
  asr: z.string().optional(),
  speculated: z.boolean(),
  prepared: z.boolean(),
  stagesMs: z.record(z.string(), z.number()).meta({ description: 'docs/metrics.md says what each stage is.' }),
  sentences: z.number(),
  cachedSentences: z.number(),
  packets: z.number(),
  bytes: z.number(),
  underruns: z.number(),
  underrunMs: z.number(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  userText: z
    .string()
    .optional()
    .meta({ description: 'Only with log.transcripts; of the history with history.transcripts.' }),
  verdict: turnVerdict,
});
export type TurnEntry = z.output<typeof turnEntry>;

/** Turns that one answer holds at most. */
export const TURNS_MAX = 1000;

export const turnsQuery = z.strictObject({
  since: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'Only turns of this run of the server after the one of this id; 0: all of them.' }),
  limit: z.coerce.number().int().min(1).max(TURNS_MAX).default(TURNS_MAX).meta({
    description: 'The newest without `since`, those of the history (`history.keep_days`) among them; else the oldest.',
  }),
  device: z.string().max(64).optional().meta({ description: 'Of this device only (a MAC address).' }),
});

export const turnsAnswer = z.object({
  turns: z.array(turnEntry).meta({ description: 'Oldest first.' }),
  next: z.number().meta({ description: 'The `since` of the next request.' }),
});
