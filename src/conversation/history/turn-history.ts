import { randomUUID } from 'node:crypto';
import type { Config, Foundation } from '../../config/index.js';
import { Recordings, type RecordedTurn, type TurnAudio } from '../recordings/index.js';
import { asChorusError, type Clock, type Logger, DAY_MS } from '../../core/index.js';
import { serverSecret } from '../../device/access/index.js';
import {
  audioKey,
  TurnWriter,
  type AudioLimits,
  type HistoryQuery,
  type HistoryTurn,
  type Store,
} from '../../platform/store/index.js';
import { withoutPersonal, type TurnRecord } from '../../records/index.js';

/** Sounds without speech, and false starts. A noisy room has thousands of them. */
const NOT_KEPT: ReadonlySet<string> = new Set(['empty', 'abandoned']);

/** False if the turn was noise or a false start. */
export function isConversation({ outcome }: Pick<TurnRecord, 'outcome'>): boolean {
  return !NOT_KEPT.has(outcome);
}

export interface TurnHistory {
  /** Id of the turn in the history, even if the history does not keep the turn. */
  idOf(turn: TurnRecord): string;
  /** Stores a complete turn and its audio, as far as `history.*` allows. Does not wait for the database. */
  keep(turn: TurnRecord, audio: TurnAudio | undefined): void;
  forget(fits: (turn: RecordedTurn) => boolean): void;
  readonly recordings: Recordings;
}

/**
 * Maximum number of turns per read. Reads must be short, because the embedded database runs on the thread that serves
 * conversations.
 */
const MAX_EARLIER = 200;

/** Returns stored turns, newest first. Empty if the database is unreachable or cannot be read. */
export function earlierTurnsOf(
  { history, reachability }: Pick<Store, 'history' | 'reachability'>,
  log: Logger,
): (query: HistoryQuery) => Promise<readonly HistoryTurn[]> {
  return async (query) => {
    if (reachability.lost) return [];
    try {
      return await history.recentTurns({ ...query, limit: Math.min(query.limit, MAX_EARLIER) });
    } catch (error) {
      const { code, message } = asChorusError(error, 'store.failed');
      log.warn('the history cannot be read; the turns in memory are shown', { code, reason: message });
      return [];
    }
  };
}

export async function openHistory(
  { live, root, common }: Foundation,
  store: Pick<Store, 'history' | 'audio' | 'secret'>,
): Promise<TurnHistory> {
  const recordings = new Recordings({
    ...common,
    store: store.audio,
    key: audioKey(await serverSecret(store)),
    limits: () => audioLimits(live.current, common.clock),
  });
  const writer = new TurnWriter({
    ...common,
    history: store.history,
    onWritten: (turns, kept) => recordings.written(turns, kept),
  });
  root.fork('history', (signal) => writer.run(signal));
  root.fork('recordings', (signal) => recordings.run(signal));
  // This runs after all sessions have ended, and before the database is closed.
  root.onClose(async () => {
    await writer.flush();
    await recordings.flush();
  });
  // The id contains the server, because turn numbers begin again when a server starts, and several servers may share a
  // database.
  const server = randomUUID();
  const idOf = ({ id }: TurnRecord): string => `${server}-${id}`;
  return {
    idOf,
    recordings,
    keep(turn, sound) {
      const { keep_days: days, transcripts, audio } = live.current.history;
      if (days === 0 || !isConversation(turn)) return;
      const id = idOf(turn);
      const keepsSound = audio && sound !== undefined;
      if (keepsSound) recordings.add({ ...turn, id }, sound);
      const kept = transcripts ? turn : withoutPersonal(turn);
      // The speaker's name is kept, so that all recordings of a person can be found and removed.
      writer.add({ ...kept, ...(keepsSound && { person: turn.person }), id });
    },
    forget(fits) {
      writer.forget(fits);
      recordings.forget(fits);
    },
  };
}

export function audioLimits({ history }: Pick<Config, 'history'>, clock: Clock): AudioLimits {
  return { beforeMs: clock.wallMs() - history.audio_days * DAY_MS, maxBytes: history.audio_mb * 1_000_000 };
}

export const keepsAudio = ({ history }: Config): boolean => history.audio && history.keep_days > 0;
