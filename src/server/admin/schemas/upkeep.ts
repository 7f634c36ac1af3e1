import { z } from 'zod';
import { wallMs } from './common.js';

export const drainRequest = z.strictObject({
  withinMs: z.number().int().min(0).max(600_000).optional().meta({ description: 'How long running replies may take; default: server.drain_ms.' }),
});
export const drainAnswer = z.object({ draining: z.literal(true) });

export const upkeepTask = z.object({
  name: z.string(),
  lastAtMs: wallMs.optional(),
  nextAtMs: wallMs.optional(),
  ok: z.boolean().optional().meta({ description: 'Left out before the first run.' }),
  summary: z.string().optional().meta({ description: 'What it did, in the language of the request.' }),
});

export const upkeepAnswer = z.object({ running: z.boolean(), tasks: z.array(upkeepTask) });
export const runUpkeepRequest = z.strictObject({ tasks: z.array(z.string().max(64)).max(32).optional().meta({ description: 'Left out: all that are due.' }) });
