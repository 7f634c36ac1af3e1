import { z } from 'zod';
import { bilingual, wallMs } from './common.js';

/** Something that was logged as a warning or an error, in words for a person. The same again is counted, not listed again. */
export const problemView = z.object({
  id: z.number(),
  level: z.enum(['warn', 'error']),
  code: z.string().optional().meta({ description: 'A row of docs/errors.md.' }),
  text: bilingual,
  remedy: bilingual.optional().meta({ description: 'What to do about it.' }),
  deviceId: z.string().optional(),
  count: z.number(),
  firstAtMs: wallMs,
  lastAtMs: wallMs,
});
export type ProblemView = z.output<typeof problemView>;

export const problemsAnswer = z.object({ problems: z.array(problemView).meta({ description: 'Newest first.' }) });
