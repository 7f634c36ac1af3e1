import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import { AUDIO_SIDES, type AudioSide, type AudioTurn } from '../../platform/store/index.js';
import type { ForgottenTurns, HistoryQuery, HistoryTurn } from '../../platform/store/index.js';
import { shapeOf, TURN_FIELDS, type TurnRecord } from '../../records/index.js';
import type { AdminApi, Routes } from '../api.js';
import { deviceAsked, forgottenAnswer, requireChoice } from './memories.js';
import { resourceWords } from '../words/resources.js';

const audioSide = z.enum(AUDIO_SIDES);

export const turnAudio = z.object({
  turn: z.string().meta({ description: 'The turn of the history: `GET /history/:id/audio/:side`.' }),
  sides: z.array(audioSide).meta({ description: '`heard`: what the device sent; `said`: what was played on it.' }),
});

export const historyEntry = z.object({
  id: z.string(),
  ...shapeOf(TURN_FIELDS),
  audio: turnAudio.optional().meta({ description: 'Absent: none is kept (`history.audio`).' }),
});
export type HistoryEntry = z.output<typeof historyEntry>;

/** Reading the embedded database blocks the thread of conversations, so the limit is low. */
export const HISTORY_PAGE = 200;

const which = {
  device: z.string().max(64).optional().meta({ description: 'Of this device (a MAC address).' }),
  agent: z.string().max(128).optional().meta({ description: 'Of this agent; empty: the configured assistant.' }),
  person: z.string().max(64).optional().meta({ description: 'In which the person of this name spoke.' }),
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
  turn: z.string().max(128).optional().meta({ description: 'The turn of this id.' }),
  all: z.enum(['true']).optional().meta({ description: 'Needed to forget everything of everybody.' }),
});

export const audioParameters = z.strictObject({ id: z.string().max(128), side: audioSide });

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
    summary:
      'Removes turns by device, agent or person, one turn, or all of them, with their audio, on disk and in memory.',
    query: forgetHistoryQuery,
    answer: forgottenAnswer,
  },
  turnAudio: {
    method: 'GET',
    path: '/history/:id/audio/:side',
    summary: 'What was heard or said in a turn, as Ogg Opus; 404 where nothing is kept (`history.audio`).',
    params: audioParameters,
    answer: 'recording',
  },
} as const satisfies Routes;

/** Errors: `store.*`. */
export interface HistoryControl {
  /** Newest first. */
  list(query: HistoryQuery): Promise<readonly HistoryTurn[]>;
  /** Deletes turns and their audio, even turns not yet written. Resolves with the number of turns that were on disk. */
  forget(which: ForgottenTurns): Promise<number>;
  /** The id that a turn in memory has in the history. */
  idOf(turn: TurnRecord): string;
  /** Leaves out turns without audio. */
  sidesOf(turns: readonly AudioTurn[]): Promise<ReadonlyMap<string, readonly AudioSide[]>>;
  /** Returns Ogg Opus. Undefined if the turn or the audio is missing. Error: `history.audio_damaged`. */
  audio(turnId: string, side: AudioSide): Promise<Uint8Array | undefined>;
}

export async function audioOf(
  history: Pick<HistoryControl, 'sidesOf'> | undefined,
  turns: readonly AudioTurn[],
): Promise<ReadonlyMap<string, z.input<typeof turnAudio>>> {
  const sides = (await history?.sidesOf(turns)) ?? new Map<string, readonly AudioSide[]>();
  return new Map([...sides].map(([turn, of]) => [turn, { turn, sides: [...of] }]));
}

export function registerHistoryRoutes(api: AdminApi, history: HistoryControl): void {
  api.on(historyRoutes.readHistory, async ({ query: { device, agent, person, before, limit } }) => {
    const turns = await history.list({
      limit,
      ...narrowed(device, agent, person),
      ...(before !== undefined && { beforeMs: before }),
    });
    const audio = await audioOf(history, turns);
    return { turns: turns.map((turn) => ({ ...turn, audio: audio.get(turn.id) })) };
  });
  api.on(historyRoutes.forgetHistory, async ({ query }) => {
    requireChoice(query);
    const { device, agent, person, turn } = query;
    const which = { ...narrowed(device, agent, person), ...(turn !== undefined && { turnId: turn }) };
    return { forgotten: await history.forget(which) };
  });
  api.on(historyRoutes.turnAudio, async ({ params: { id, side }, reply }) => {
    const audio = await history.audio(id, side);
    if (!audio)
      throw new ChorusError('admin.not_found', resourceWords.noAudio, {
        details: { what: id },
      });
    // A browser may save the recording as a file, but must never show it as a page.
    const name = `attachment; filename="${side}.ogg"`;
    return reply.header('content-type', 'audio/ogg').header('content-disposition', name).send(Buffer.from(audio));
  });
}

function narrowed(
  device: string | undefined,
  agent: string | undefined,
  person: string | undefined,
): Pick<HistoryQuery, 'deviceId' | 'agentId' | 'person'> {
  const deviceId = deviceAsked(device);
  return {
    ...(deviceId !== undefined && { deviceId }),
    ...(agent !== undefined && { agentId: agent }),
    ...(person !== undefined && { person }),
  };
}
