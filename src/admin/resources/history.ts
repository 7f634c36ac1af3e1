import { z } from 'zod';
import type { HistoryQuery, HistoryTurn } from '../../platform/store/index.js';
import { shapeOf, TURN_FIELDS } from '../../records/index.js';
import type { AdminApi, Routes } from '../api.js';
import { deviceAsked, forgottenAnswer, requireChoice } from './memories.js';

export const historyEntry = z.object({ id: z.string(), ...shapeOf(TURN_FIELDS) });
export type HistoryEntry = z.output<typeof historyEntry>;

/** Maximum number of turns in one answer, because reading the embedded database blocks the thread of conversations. */
export const HISTORY_PAGE = 200;

const which = {
  device: z.string().max(64).optional().meta({ description: 'Of this device (a MAC address).' }),
  agent: z.string().max(128).optional().meta({ description: 'Of this agent; empty: the configured assistant.' }),
};
export const historyQuery = z.strictObject({
  ...which,
  before: z.coerce
    .number()
    .optional()
    .meta({ description: 'Only turns that were over before; milliseconds since 1970.' }),
  limit: z.coerce.number().int().min(1).max(HISTORY_PAGE).default(HISTORY_PAGE),
});
export const historyAnswer = z.object({ turns: z.array(historyEntry).meta({ description: 'Newest first.' }) });
export const forgetHistoryQuery = z.strictObject({
  ...which,
  all: z.enum(['true']).optional().meta({ description: 'Needed to forget everything of everybody.' }),
});

export const historyRoutes = {
  readHistory: {
    method: 'GET',
    path: '/history',
    summary: 'Turns in the database: both sides where `history.transcripts` is on, the tools, and the times.',
    query: historyQuery,
    answer: historyAnswer,
  },
  forgetHistory: {
    method: 'DELETE',
    path: '/history',
    summary: 'Removes turns by device or agent, or all of them, from the database and from memory.',
    query: forgetHistoryQuery,
    answer: forgottenAnswer,
  },
} as const satisfies Routes;

/** Past turns. Errors: `store.*`. */
export interface HistoryControl {
  /** Newest first. */
  list(query: HistoryQuery): Promise<readonly HistoryTurn[]>;
  /** Deletes turns on disk, in the write queue and in memory. Resolves with the number of those on disk. */
  forget(which: Pick<HistoryQuery, 'deviceId' | 'agentId'>): Promise<number>;
}

export function registerHistoryRoutes(api: AdminApi, history: HistoryControl): void {
  api.on(historyRoutes.readHistory, async ({ query: { device, agent, before, limit } }) => ({
    turns: [
      ...(await history.list({
        limit,
        ...narrowed(device, agent),
        ...(before !== undefined && { beforeMs: before }),
      })),
    ],
  }));
  api.on(historyRoutes.forgetHistory, async ({ query }) => {
    requireChoice(query);
    return { forgotten: await history.forget(narrowed(query.device, query.agent)) };
  });
}

function narrowed(device: string | undefined, agent: string | undefined): Pick<HistoryQuery, 'deviceId' | 'agentId'> {
  const deviceId = deviceAsked(device);
  return { ...(deviceId !== undefined && { deviceId }), ...(agent !== undefined && { agentId: agent }) };
}
