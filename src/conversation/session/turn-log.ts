import type { Logger, Metrics } from '../../core/index.js';
import {
  TURN_FIELD_LIST,
  turnRecord,
  withoutPersonal,
  type MeasuredTurn,
  type TurnRecord,
} from '../../records/index.js';
import type { TurnAudio } from '../recordings/index.js';

export interface TurnLogOptions {
  readonly metrics: Metrics;
  /** True if the users' words may be kept and passed on (`log.transcripts`). Read for each turn. */
  readonly transcripts: () => boolean;
  /**
   * `complete` has the user's words, for receivers with their own permission to keep them. `audio` is undefined unless
   * audio is kept.
   */
  readonly onTurn?: ((turn: TurnRecord, complete: TurnRecord, audio: TurnAudio | undefined) => void) | undefined;
}

/** Each turn takes about 1 kB. Older turns are in the log. */
const KEPT_TURNS = 1000;

/** The latest turns of the whole server. Each turn is logged in one line, and its stages go to the metrics. */
export class TurnLog {
  #turns: TurnRecord[] = [];
  #lastId = 0;

  constructor(private readonly options: TurnLogOptions) {}

  /** Oldest first. */
  get recent(): readonly TurnRecord[] {
    return this.#turns;
  }

  forget(fits: (turn: TurnRecord) => boolean): void {
    this.#turns = this.#turns.filter((turn) => !fits(turn));
  }

  add(log: Logger, measured: MeasuredTurn, audio?: TurnAudio): void {
    const { metrics, transcripts, onTurn } = this.options;
    const { outcome, code, stagesMs } = measured;
    metrics.count('chorus_turns_total', { outcome });
    if (code !== undefined) metrics.count('chorus_turn_errors_total', { code });
    for (const [stage, ms] of Object.entries(stagesMs)) metrics.observeMs('chorus_turn_stage_seconds', ms, { stage });
    const complete = turnRecord(++this.#lastId, measured);
    const kept = transcripts() ? complete : withoutPersonal(complete);
    this.#turns.push(kept);
    if (this.#turns.length > KEPT_TURNS) this.#turns.shift();
    // Noises and false starts are logged at debug level, because a noisy room has very many of them.
    if (outcome === 'empty' || outcome === 'abandoned') log.debug('turn', logLine(complete));
    else log.info('turn', logLine(complete));
    onTurn?.(kept, complete, audio);
  }
}

/** The logger leaves out fields with `pii` in their name, unless they are allowed. */
function logLine(turn: TurnRecord): Readonly<Record<string, unknown>> {
  return {
    id: turn.id,
    ...Object.fromEntries(
      TURN_FIELD_LIST.flatMap(([name, { log = name }]) => (log === false ? [] : [[log, turn[name]]])),
    ),
  };
}
