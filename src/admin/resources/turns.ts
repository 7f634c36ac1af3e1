import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { HistoryQuery, HistoryTurn } from '../../platform/store/index.js';
import { shapeOf, TURN_FIELDS } from '../../records/index.js';
import type { TurnRecord } from '../../records/index.js';
import type { AdminApi, Routes } from '../api.js';
import { turnVerdict, verdictOfTurn } from '../verdict.js';
import { audioOf, turnAudio, type HistoryControl } from './history.js';
import { resourceWords } from '../words/resources.js';

export const turnEntry = z.object({
  id: z.union([z.number(), z.string()]).meta({
    description: 'A number that counts from 1 since the start of the server; a text for an earlier turn.',
  }),
  ...shapeOf(TURN_FIELDS),
  verdict: turnVerdict,
  audio: turnAudio.optional().meta({ description: 'Absent: none is kept (`history.audio`).' }),
});
export type TurnEntry = z.output<typeof turnEntry>;

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

export const turnRoutes = {
  listTurns: { method: 'GET', path: '/turns', summary: 'The last turns.', query: turnsQuery, answer: turnsAnswer },
} as const satisfies Routes;

export interface TurnRouteOptions {
  /** Turns in memory, oldest first. */
  readonly turns: () => readonly TurnRecord[];
  /** Turns of the history, newest first. Never rejects. */
  readonly earlierTurns: (query: HistoryQuery) => Promise<readonly HistoryTurn[]>;
  /** Undefined if no audio is kept. */
  readonly history: Pick<HistoryControl, 'idOf' | 'sidesOf'> | undefined;
}

/**
 * Lists the newest turns in memory and, if these are too few, older ones from the history. The history contains the
 * turns in memory, too, so it is asked only for turns before them.
 */
export function registerTurnRoutes(api: AdminApi, { turns, earlierTurns, history }: TurnRouteOptions): void {
  const idOf = ({ id, ...turn }: TurnRecord | HistoryTurn): string =>
    typeof id === 'string' ? id : (history?.idOf({ id, ...turn }) ?? '');
  api.on(turnRoutes.listTurns, async ({ query: { since, limit, device } }) => {
    const deviceId = device === undefined ? undefined : parseDeviceId(device);
    if (device !== undefined && deviceId === undefined)
      throw new ChorusError('admin.bad_request', resourceWords.deviceMac, {
        details: { what: 'device' },
      });
    const kept = turns();
    const found = kept.filter(
      (turn) => turn.id > (since ?? 0) && (deviceId === undefined || turn.deviceId === deviceId),
    );
    const page = since === undefined ? found.slice(-limit) : found.slice(0, limit);
    // The client next asks for turns after this id. If the page left out newer turns, the id is that of its last turn.
    const last = page.length < found.length && since !== undefined ? page.at(-1)?.id : kept.at(-1)?.id;
    // A client that passes `since` wants only new turns, and none from the history.
    const missing = since === undefined ? limit - page.length : 0;
    const earlier =
      missing > 0
        ? await earlierTurns({
            limit: missing,
            ...(deviceId !== undefined && { deviceId }),
            // The first turn need not be the earliest, because the clock may have been set back.
            ...(kept.length > 0 && { beforeMs: Math.min(...kept.map(({ atWallMs }) => atWallMs)) }),
          })
        : [];
    const shown = [...earlier.toReversed(), ...page];
    // If the database cannot be reached, the turns are shown without audio.
    const audio = await audioOf(
      history,
      shown.map((turn) => ({ ...turn, id: idOf(turn) })),
    ).catch(() => undefined);
    return {
      turns: shown.map((turn) => ({ ...turn, verdict: verdictOfTurn(turn), audio: audio?.get(idOf(turn)) })),
      next: Math.max(since ?? 0, last ?? 0),
    };
  });
}
