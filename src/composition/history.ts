import { randomUUID } from 'node:crypto';
import { asChorusError, type Logger } from '../core/index.js';
import { TurnWriter, type HistoryQuery, type HistoryTurn, type Store } from '../platform/store/index.js';
import { withoutPersonal, type TurnRecord } from '../records/index.js';
import type { Foundation } from './foundation.js';

/** Outcomes that are no conversation: sounds that were no speech, and false starts. A noisy room has thousands. */
const NOT_KEPT: ReadonlySet<string> = new Set(['empty', 'abandoned']);

/** True unless the turn was only noise or a false start. */
export function isConversation({ outcome }: Pick<TurnRecord, 'outcome'>): boolean {
  return !NOT_KEPT.has(outcome);
}

/** Turns on their way into the database. */
export interface TurnHistory {
  /** The id under which a turn is kept, if it is. */
  idOf(turn: TurnRecord): string;
  /** Keeps a complete turn as `history.*` says; costs the turn nothing. */
  keep(turn: TurnRecord): void;
  /** Those that fit and wait are not kept. */
  forget(fits: (turn: Omit<TurnRecord, 'id'>) => boolean): void;
}

/** Read at a time at most: the embedded database is read on the thread of those who talk. */
const MAX_EARLIER = 200;

/** Turns of before this run of the server, newest first; none while the database is lost. */
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

/** Turns go into the database behind the conversations' back. */
export function composeHistory({ live, root, common }: Foundation, { history }: Pick<Store, 'history'>): TurnHistory {
  const writer = new TurnWriter({ ...common, history });
  root.fork('history', (signal) => writer.run(signal));
  // After every session is over, and before the database is closed.
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
