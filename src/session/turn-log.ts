import type { Logger, Metrics } from '../core/index.js';
import type { ReplyStats } from '../voice/speaking/port.js';
import type { TurnRecord, TurnStage } from './turn/index.js';

/** A turn as it is kept for a while: what the session knows of it, and how its sound went. */
export interface FinishedTurn {
  readonly deviceId: string;
  readonly atWallMs: number;
  readonly record: TurnRecord;
  readonly stats: ReplyStats | undefined;
}

/** Turns kept for the monitor; older ones are in the log. */
const KEPT_TURNS = 256;

/** The last turns of the whole server: one line each in the log, their stages in the metrics, a bounded number in memory. */
export class TurnLog {
  readonly #turns: FinishedTurn[] = [];

  constructor(private readonly metrics: Metrics) {}

  get recent(): readonly FinishedTurn[] {
    return this.#turns;
  }

  add(log: Logger, turn: FinishedTurn): void {
    const { record, stats } = turn;
    const stages: Partial<Record<TurnStage, number>> = { ...record.stages };
    if (stats?.firstAudioMs !== undefined) stages.tts_first_audio = stats.firstAudioMs;
    this.metrics.count('chorus_turns_total', { outcome: record.outcome });
    for (const [stage, ms] of Object.entries(stages)) this.metrics.observeMs('chorus_turn_stage_seconds', ms, { stage });
    this.#turns.push({ ...turn, record: { ...record, userText: undefined, stages } });
    if (this.#turns.length > KEPT_TURNS) this.#turns.shift();
    const fields = {
      outcome: record.outcome,
      code: record.code,
      mode: record.mode,
      asr: record.asr,
      speculated: record.speculated,
      prepared: record.prepared,
      stagesMs: rounded(stages),
      sentences: stats?.sentences,
      cachedSentences: stats?.cachedSentences,
      packets: stats?.packets,
      underruns: stats?.underruns,
      underrunMs: stats?.underrunMs,
      piiUser: record.userText,
    };
    // Sounds that were no speech, and false starts, are not worth a line each in a noisy room.
    if (record.outcome === 'empty' || record.outcome === 'abandoned') log.debug('turn', fields);
    else log.info('turn', fields);
  }
}

function rounded(stages: Readonly<Partial<Record<TurnStage, number>>>): Record<string, number> {
  return Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, Math.round(ms)]));
}
