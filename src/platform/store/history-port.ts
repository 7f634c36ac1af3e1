import type { TurnRecord } from '../../records/index.js';

/** A turn in the history, with an id that no other turn of any server has. */
export type HistoryTurn = Omit<TurnRecord, 'id'> & { readonly id: string };

export interface HistoryQuery {
  /** Maximum number of turns to return. */
  readonly limit: number;
  readonly deviceId?: string;
  /** Empty: the configured assistant. */
  readonly agentId?: string;
  /** Name of the person who spoke, in any case of letters. */
  readonly person?: string;
  /** Only turns that were over before this time. */
  readonly beforeMs?: number;
}

/** The turns to remove. Empty: all of them. */
export interface ForgottenTurns extends Pick<HistoryQuery, 'deviceId' | 'agentId' | 'person'> {
  readonly turnId?: string;
}

/** Totals of a device's talk. */
export interface TalkSums {
  readonly turns: number;
  /** Breaks in the sound that the pacer predicted, and their total length. */
  readonly underruns: number;
  readonly underrunMs: number;
  readonly last: HistoryTurn;
}

/** The history of turns, kept for `history.keep_days`. Errors as in `DeviceStore`. */
export interface HistoryStore {
  /**
   * Writes all turns or none, except those of unknown devices: a device may have been forgotten since it talked. A turn
   * that is there already is left as it is, so that a write whose answer was lost may be repeated.
   */
  keepTurns(turns: readonly HistoryTurn[]): Promise<void>;
  /** Newest first. */
  recentTurns(query: HistoryQuery): Promise<readonly HistoryTurn[]>;
  /** Undefined: there is no such turn. */
  find(id: string): Promise<HistoryTurn | undefined>;
  /** The given ids that are in the history. */
  known(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Removes the turns of a device, an agent (empty: the configured assistant) or a person, one turn, or all. Resolves
   * with their number.
   */
  forgetTurns(which: ForgottenTurns): Promise<number>;
  /**
   * Totals of the device's turns that were over before `beforeMs`, without recordings that a program had played.
   * Undefined: there is no such turn.
   */
  talkOf(deviceId: string, beforeMs: number): Promise<TalkSums | undefined>;
}
