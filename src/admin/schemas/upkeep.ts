import { z } from 'zod';
import { wallMs } from './common.js';

export const drainRequest = z.strictObject({
  withinMs: z.number().int().min(0).max(600_000).optional().meta({
    description: 'How long those who speak or are answered may take; default: server.drain_ms. Then they are cut.',
  }),
  restart: z
    .boolean()
    .default(false)
    .meta({ description: 'End so that whoever supervises the server starts it again.' }),
});
export type DrainRequest = z.output<typeof drainRequest>;
export const drainAnswer = z.object({
  draining: z.literal(true),
  withinMs: z.number(),
  exitCode: z.number().meta({ description: 'With which the process will end.' }),
  supervisor: z
    .enum(['systemd', 'container'])
    .optional()
    .meta({ description: 'Who starts it again; left out: nobody that can be recognised.' }),
});
export type DrainAnswer = z.output<typeof drainAnswer>;

export const upkeepTask = z.object({
  name: z.string(),
  title: z.string().meta({ description: 'What it is, in the language of the request.' }),
  lastAtMs: wallMs.optional(),
  nextAtMs: wallMs.optional(),
  ok: z
    .boolean()
    .optional()
    .meta({ description: 'False: it failed, or found what somebody should look at. Left out before the first run.' }),
  outcome: z
    .enum(['done', 'attention', 'skipped', 'failed'])
    .optional()
    .meta({ description: 'attention: it did its work and found what somebody should look at.' }),
  code: z.string().optional().meta({ description: 'failed: a row of docs/errors.md.' }),
  tookMs: z.number().optional(),
  summary: z.string().optional().meta({ description: 'What it did, in the language of the request.' }),
});

export const upkeepAnswer = z.object({ running: z.boolean(), tasks: z.array(upkeepTask) });
export type UpkeepAnswer = z.output<typeof upkeepAnswer>;
export const runUpkeepRequest = z.strictObject({
  tasks: z.array(z.string().max(64)).max(32).optional().meta({ description: 'Left out: all of them.' }),
});
