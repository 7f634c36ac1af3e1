import type { TurnRecord } from '../../records/index.js';

/** A turn in the history, with an id that is unique over all servers. */
export type HistoryTurn = Omit<TurnRecord, 'id'> & { readonly id: string };

export interface HistoryQuery {
  /** Maximum number of turns to return. */
  readonly limit: number;
  readonly deviceId?: string;
  /** Empty: turns of the configured assistant. */
  readonly agentId?: string;
  /** Name of the person who spoke; letter case is ignored. */
  readonly person?: string;
  /** Only turns that ended before this time. */
  readonly beforeMs?: number;
}

/** Selects the turns to remove. Empty: all turns. */
export interface ForgottenTurns extends Pick<HistoryQuery, 'deviceId' | 'agentId' | 'person'> {
  readonly turnId?: string;
}

/** Totals of a device's talk. */
export interface TalkSums {
  readonly turns: number;
  /** Predicted interruptions of the sound, and their total length. */
  readonly underruns: number;
  readonly underrunMs: number;
  readonly last: HistoryTurn;
}

/** The history of turns, kept for `history.keep_days`. Errors: those of `DeviceStore`. */
export interface HistoryStore {
  /**
   * Writes all turns or none. Turns of unknown devices are left out, because a device may have been forgotten after it
   * talked. An existing turn is left unchanged, so that a write whose answer was lost may be repeated.
   */
  keepTurns(turns: readonly HistoryTurn[]): Promise<void>;
  /** Newest first. */
  recentTurns(query: HistoryQuery): Promise<readonly HistoryTurn[]>;
  /** Undefined: the turn does not exist. */
  find(id: string): Promise<HistoryTurn | undefined>;
  /** Those of the given ids that are in the history. */
  known(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Removes the turns of a device, an agent (empty: the configured assistant) or a person, one turn, or all turns.
   * Resolves with their number.
   */
  forgetTurns(which: ForgottenTurns): Promise<number>;
  /**
   * Totals of the device's turns that ended before `beforeMs`, without recordings played by a program. Undefined: there
   * is no such turn.
   */
  talkOf(deviceId: string, beforeMs: number): Promise<TalkSums | undefined>;
}
