import type { ErrorCode } from '../../../core/index.js';
import type { TurnFields, TurnOutcome, TurnStage } from '../../../records/index.js';
import type { ListenMode } from '../../../speech/listening/listening-port.js';
import type { EndedTurn } from '../events.js';

/** Points in time are in `Clock.nowMs`. */
export interface TurnTrace {
  readonly mode: ListenMode;
  readonly endedMs: number;
  readonly endpointMs: number;
  readonly onsetMs?: number | undefined;
  /** The part of the pause in which the turn only waited for the model. */
  readonly freePauseMs: number;
  readonly heard?: readonly number[];
  readonly askedMs?: number;
  readonly admittedMs?: number;
  readonly asrWaitMs?: number;
  readonly asrRunMs?: number;
  readonly textMs?: number;
  readonly firstTokenMs?: number;
  readonly firstChunkMs?: number;
  readonly firstPacketMs?: number;
  readonly answeredMs?: number;
  readonly fields: Partial<TurnFields>;
}

export function noted(trace: TurnTrace, fields: Partial<TurnFields>): TurnTrace {
  return { ...trace, fields: { ...trace.fields, ...fields } };
}

/** Stages that the turn did not reach are left out. */
export function endedTurn(trace: TurnTrace, outcome: TurnOutcome, code?: ErrorCode): EndedTurn {
  const { freePauseMs } = trace;
  const stagesMs: Partial<Record<TurnStage, number>> = { endpoint: trace.endpointMs - freePauseMs };
  const put = (stage: TurnStage, fromMs: number | undefined, toMs: number | undefined): void => {
    if (fromMs !== undefined && toMs !== undefined) stagesMs[stage] = Math.max(0, toMs - fromMs);
  };
  // The model was already thinking in this part of the pause.
  const thinkingSinceMs = trace.textMs === undefined ? undefined : trace.textMs - freePauseMs;
  put('admission', trace.endedMs, trace.admittedMs);
  put('asr_wait', 0, trace.asrWaitMs);
  put('asr_run', 0, trace.asrRunMs);
  put('transcript', trace.endedMs, trace.textMs);
  put('llm_first_token', thinkingSinceMs, trace.firstTokenMs);
  put('llm_first_chunk', thinkingSinceMs, trace.firstChunkMs);
  put('llm_answer', thinkingSinceMs, trace.answeredMs);
  put('first_packet', thinkingSinceMs, trace.firstPacketMs);
  if (trace.firstPacketMs !== undefined)
    stagesMs.speech_end_to_first_packet = trace.endpointMs + Math.max(0, trace.firstPacketMs - trace.endedMs);
  const { mode, endedMs, heard = [] } = trace;
  return { ...trace.fields, mode, endedMs, outcome, code, stagesMs, heard };
}
