import { z } from 'zod';
import { shapeOf, TURN_FIELDS } from '../../records/index.js';
import { bilingual } from './common.js';

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
  text: bilingual,
});
export type TurnVerdict = z.output<typeof turnVerdict>;

export const turnEntry = z.object({
  id: z.union([z.number(), z.string()]).meta({
    description:
      'A number, from 1 in order, which begins anew with the server; a text for a turn of the history, from before that.',
  }),
  ...shapeOf(TURN_FIELDS),
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
