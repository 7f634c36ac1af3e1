import { z } from 'zod';
import type { UiLanguage } from '../../core/index.js';
import type { AdminApi, Routes } from '../api.js';
import { wallMs } from '../shapes.js';

export const drainRequest = z.strictObject({
  withinMs: z.number().int().min(0).max(600_000).optional().meta({
    description: 'How long running conversations may take before they are cut; default: server.drain_ms.',
  }),
  restart: z.boolean().default(false).meta({ description: 'End so that the supervisor starts the server again.' }),
});
export type DrainRequest = z.output<typeof drainRequest>;
export const drainAnswer = z.object({
  draining: z.literal(true),
  withinMs: z.number(),
  exitCode: z.number().meta({ description: 'Exit code of the process.' }),
  supervisor: z
    .enum(['systemd', 'container'])
    .optional()
    .meta({ description: 'What starts the server again; left out if nothing is recognised.' }),
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
    .meta({ description: 'False: it failed, or found something that needs attention. Left out before the first run.' }),
  outcome: z
    .enum(['done', 'attention', 'skipped', 'failed'])
    .optional()
    .meta({ description: 'attention: it did its work and found something that needs attention.' }),
  code: z.string().optional().meta({ description: 'failed: a row of docs/errors.md.' }),
  tookMs: z.number().optional(),
  summary: z.string().optional().meta({ description: 'What it did, in the language of the request.' }),
});

export const upkeepAnswer = z.object({ running: z.boolean(), tasks: z.array(upkeepTask) });
export type UpkeepAnswer = z.output<typeof upkeepAnswer>;
export const runUpkeepRequest = z.strictObject({
  tasks: z.array(z.string().max(64)).max(32).optional().meta({ description: 'Left out: all of them.' }),
});

export const upkeepRoutes = {
  drain: {
    method: 'POST',
    path: '/drain',
    summary: 'Lets running replies finish, then stops the server.',
    body: drainRequest,
    answer: drainAnswer,
    status: 202,
  },
  readUpkeep: {
    method: 'GET',
    path: '/upkeep',
    summary: 'Regular upkeep, and how it went last.',
    answer: upkeepAnswer,
  },
  runUpkeep: {
    method: 'POST',
    path: '/upkeep',
    summary: 'Does it now.',
    body: runUpkeepRequest,
    answer: upkeepAnswer,
    status: 202,
  },
} as const satisfies Routes;

export interface LifecycleControl {
  /** Begins to stop the server and returns at once. The process ends later, with the returned exit code. */
  drain(request: DrainRequest): Omit<DrainAnswer, 'draining'>;
}

export interface UpkeepControl {
  view(language: UiLanguage): Promise<UpkeepAnswer>;
  /** Undefined `tasks` means all tasks. Errors: `upkeep.running`, `upkeep.unknown_task`. */
  start(tasks: readonly string[] | undefined): void;
}

export function registerUpkeepRoutes(
  api: AdminApi,
  {
    lifecycle,
    upkeep,
  }: { readonly lifecycle?: LifecycleControl | undefined; readonly upkeep?: UpkeepControl | undefined },
): void {
  if (lifecycle) api.on(upkeepRoutes.drain, ({ body }) => ({ draining: true as const, ...lifecycle.drain(body) }));
  if (upkeep) {
    api.on(upkeepRoutes.readUpkeep, ({ language }) => upkeep.view(language));
    api.on(upkeepRoutes.runUpkeep, ({ body, language }) => {
      upkeep.start(body.tasks);
      return upkeep.view(language);
    });
  }
}
