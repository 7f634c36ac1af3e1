import type { LanguageTag, Logger, Metrics } from '../../core/index.js';
import type { ReplyStats } from '../../speech/speaking/speaking-port.js';
import type { TurnRecord, TurnStage } from '../turn/index.js';
import type { TurnView } from '../../records/index.js';

/** A turn that is over: whose it was, what the session knows of it, and how its sound went. */
export interface FinishedTurn {
  readonly deviceId: string;
  readonly language: LanguageTag;
  readonly board: string | undefined;
  readonly firmwareVersion: string | undefined;
  /** When it was over, milliseconds since the epoch. */
  readonly atWallMs: number;
  /** When it was decided that the utterance is over, by the same clock as `atWallMs`. */
  readonly utteranceAtWallMs: number;
  readonly record: TurnRecord;
  /** Undefined: nothing was said. */
  readonly stats: ReplyStats | undefined;
}

/** As it is kept: numbered from 1 in order; what was said only where transcripts are wanted. */
export interface KeptTurn extends FinishedTurn {
  readonly id: number;
}

export interface TurnLogOptions {
  readonly metrics: Metrics;
  /** `log.transcripts`: what users said may be kept and handed on. Asked for each turn. */
  readonly transcripts: () => boolean;
  /** Told of each turn, for traces and the history. `said`: what the user said, for those who have leave of their own to keep it. */
  readonly onTurn?: ((turn: KeptTurn, said: string | undefined) => void) | undefined;
}

/** Turns kept for the monitor; older ones are in the log. About 1 kB each. */
const KEPT_TURNS = 1000;

/** The last turns of the whole server: one line each in the log, their stages in the metrics, a bounded number in memory. */
export class TurnLog {
  #turns: KeptTurn[] = [];
  #lastId = 0;

  constructor(private readonly options: TurnLogOptions) {}

  /** Oldest first. */
  get recent(): readonly KeptTurn[] {
    return this.#turns;
  }

  /** Those of the device are not kept any more. */
  forget(deviceId: string): void {
    this.#turns = this.#turns.filter((turn) => turn.deviceId !== deviceId);
  }

  add(log: Logger, turn: FinishedTurn): void {
    const { metrics, transcripts, onTurn } = this.options;
    const { record, stats } = turn;
    // Here and below what is new comes first: a property added after a spread makes V8 (11.3) give each such object a shape of its own, 1 kB for a turn.
    const stages: Partial<Record<TurnStage, number>> =
      stats?.firstAudioMs === undefined ? record.stages : { tts_first_audio: stats.firstAudioMs, ...record.stages };
    metrics.count('chorus_turns_total', { outcome: record.outcome });
    if (record.code !== undefined) metrics.count('chorus_turn_errors_total', { code: record.code });
    for (const [stage, ms] of Object.entries(stages)) metrics.observeMs('chorus_turn_stage_seconds', ms, { stage });
    const kept: KeptTurn = {
      id: ++this.#lastId,
      ...turn,
      record: { ...record, userText: transcripts() ? record.userText : undefined, stages },
    };
    this.#turns.push(kept);
    if (this.#turns.length > KEPT_TURNS) this.#turns.shift();
    // Sounds that were no speech, and false starts, are not worth a line each in a noisy room.
    const { deviceId: _, userText: __, ...fields } = turnView(kept);
    const line = { piiUser: record.userText, ...fields };
    if (record.outcome === 'empty' || record.outcome === 'abandoned') log.debug('turn', line);
    else log.info('turn', line);
    onTurn?.(kept, record.userText);
  }
}

/** A turn as plain data, for the log and for programs (`GET /api/v1/turns`). Milliseconds; what is undefined is left out of JSON. */
export function turnView({
  id,
  deviceId,
  language,
  board,
  firmwareVersion,
  atWallMs,
  utteranceAtWallMs,
  record,
  stats,
}: KeptTurn): TurnView {
  const { outcome, code, mode, asr, speculated, prepared, inputTokens, outputTokens, userText, stages } = record;
  return {
    id,
    deviceId,
    language,
    board,
    firmwareVersion,
    atWallMs,
    utteranceAtWallMs,
    outcome,
    code,
    mode,
    asr,
    speculated,
    prepared,
    stagesMs: rounded(stages),
    sentences: stats?.sentences ?? 0,
    cachedSentences: stats?.cachedSentences ?? 0,
    packets: stats?.packets ?? 0,
    bytes: stats?.bytes ?? 0,
    underruns: stats?.underruns ?? 0,
    underrunMs: Math.round(stats?.underrunMs ?? 0),
    inputTokens,
    outputTokens,
    userText,
  };
}

function rounded(stages: Readonly<Partial<Record<TurnStage, number>>>): Record<string, number> {
  return Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, Math.round(ms)]));
}
