import type { TurnRecord } from '../../records/index.js';

/** A turn with an id that is unique over all servers. */
export type HistoryTurn = Omit<TurnRecord, 'id'> & { readonly id: string };

export interface HistoryQuery {
  readonly limit: number;
  readonly deviceId?: string;
  /** An empty id selects turns of the configured assistant. */
  readonly agentId?: string;
  /** Name of the person who spoke, in any letter case. */
  readonly person?: string;
  /** Only turns that ended before this time. */
  readonly beforeMs?: number;
}

/** An empty object selects all turns. */
export interface ForgottenTurns extends Pick<HistoryQuery, 'deviceId' | 'agentId' | 'person'> {
  readonly turnId?: string;
}

export interface TalkSums {
  readonly turns: number;
  /** Predicted interruptions of the sound. */
  readonly underruns: number;
  readonly underrunMs: number;
  readonly last: HistoryTurn;
}

/** The history is kept for `history.keep_days`. Errors: those of `DeviceStore`. */
export interface HistoryStore {
  /** Writes all turns or none, but leaves out turns of unknown devices. A repeated write changes nothing. */
  keepTurns(turns: readonly HistoryTurn[]): Promise<void>;
  /** Newest first. */
  recentTurns(query: HistoryQuery): Promise<readonly HistoryTurn[]>;
  find(id: string): Promise<HistoryTurn | undefined>;
  known(ids: readonly string[]): Promise<ReadonlySet<string>>;
  forgetTurns(which: ForgottenTurns): Promise<number>;
  /** Counts turns that ended before `beforeMs`, without recordings played by a program. Undefined without turns. */
  talkOf(deviceId: string, beforeMs: number): Promise<TalkSums | undefined>;
}
