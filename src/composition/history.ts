import { randomUUID } from 'node:crypto';
import { asChorusError, type Logger } from '../core/index.js';
import { TurnWriter, type HistoryQuery, type HistoryTurn, type Store } from '../platform/store/index.js';
import { withoutPersonal, type TurnRecord } from '../records/index.js';
import type { Foundation } from './foundation.js';

/** Outcomes that are no conversation: sounds without speech, and false starts. A noisy room has thousands of them. */
const NOT_KEPT: ReadonlySet<string> = new Set(['empty', 'abandoned']);

/** True unless the turn was only noise or a false start. */
export function isConversation({ outcome }: Pick<TurnRecord, 'outcome'>): boolean {
  return !NOT_KEPT.has(outcome);
}

/** Writes turns to the database. */
export interface TurnHistory {
  /** Id of a turn in the history, if it is kept. */
  idOf(turn: TurnRecord): string;
  /** Keeps a complete turn according to `history.*`, without delaying the turn. */
  keep(turn: TurnRecord): void;
  /** Discards waiting turns that match `fits`. */
  forget(fits: (turn: Omit<TurnRecord, 'id'>) => boolean): void;
}

/** Limit on turns per read, because the embedded database is read on the thread that serves conversations. */
const MAX_EARLIER = 200;

/** Turns from before this run of the server, newest first. Empty while the database is lost. */
export function composeEarlierTurns(
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

/** Writes turns to the database in the background. */
export function composeHistory({ live, root, common }: Foundation, { history }: Pick<Store, 'history'>): TurnHistory {
  const writer = new TurnWriter({ ...common, history });
  root.fork('history', (signal) => writer.run(signal));
  // This runs after all sessions have ended, and before the database is closed.
  root.onClose(() => writer.flush());
  // Turn numbers restart with each server, and several servers may share a database.
  const server = randomUUID();
  const idOf = ({ id }: TurnRecord): string => `${server}-${id}`;
  return {
    idOf,
    keep(turn) {
      const { keep_days: days, transcripts } = live.current.history;
      if (days === 0 || !isConversation(turn)) return;
      writer.add({ ...(transcripts ? turn : withoutPersonal(turn)), id: idOf(turn) });
    },
    forget: (fits) => writer.forget(fits),
  };
}
