import { randomUUID } from 'node:crypto';
import { turnView, type KeptTurn } from '../session/index.js';
import { TurnWriter, type Store } from '../store/index.js';
import type { Foundation } from './foundation.js';

/** Outcomes that are no conversation: sounds that were no speech, and false starts. A noisy room has thousands. */
const NOT_KEPT: ReadonlySet<string> = new Set(['empty', 'abandoned']);

/** Keeps a turn as `history.*` says; costs the turn nothing. `said`: what the user said, whatever the log may have. */
export type KeepTurn = (turn: KeptTurn, said: string | undefined) => void;

/** Turns go into the database behind the conversations' back. */
export function composeHistory({ live, root, common }: Foundation, { history }: Pick<Store, 'history'>): KeepTurn {
  const writer = new TurnWriter({ ...common, history });
  root.fork('history', (signal) => writer.run(signal));
  // After every session is over, and before the database is closed.
  root.onClose(() => writer.flush());
  // Numbers of turns begin anew with each server, and several may share a database.
  const server = randomUUID();
  return (turn, said) => {
    const { keep_days: days, transcripts } = live.current.history;
    if (days === 0 || NOT_KEPT.has(turn.record.outcome)) return;
    writer.add({ ...turnView(turn), id: `${server}-${turn.id}`, userText: transcripts ? said : undefined });
  };
}
