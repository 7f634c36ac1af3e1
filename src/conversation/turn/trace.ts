import type { ErrorCode } from '../../core/index.js';
import type { TurnFields, TurnOutcome, TurnStage } from '../../records/index.js';
import type { EndedTurn } from './events.js';
import type { TurnTrace } from './state.js';

/** Notes fields of the turn's record. */
export function noted(trace: TurnTrace, fields: Partial<TurnFields>): TurnTrace {
  return { ...trace, fields: { ...trace.fields, ...fields } };
}

/** A turn that is over, from what was noted of it. Stages that the turn did not reach are left out. */
export function endedTurn(trace: TurnTrace, outcome: TurnOutcome, code?: ErrorCode): EndedTurn {
  const stagesMs: Partial<Record<TurnStage, number>> = { endpoint: trace.endpointMs };
  const put = (stage: TurnStage, fromMs: number | undefined, toMs: number | undefined): void => {
    if (fromMs !== undefined && toMs !== undefined) stagesMs[stage] = Math.max(0, toMs - fromMs);
  };
  put('admission', trace.endedMs, trace.admittedMs);
  put('asr_wait', 0, trace.asrWaitMs);
  put('asr_run', 0, trace.asrRunMs);
  put('transcript', trace.endedMs, trace.textMs);
  put('llm_first_token', trace.textMs, trace.firstTokenMs);
  put('llm_first_chunk', trace.textMs, trace.firstChunkMs);
  put('llm_answer', trace.textMs, trace.answeredMs);
  put('first_packet', trace.textMs, trace.firstPacketMs);
  if (trace.firstPacketMs !== undefined)
    stagesMs.speech_end_to_first_packet = trace.endpointMs + Math.max(0, trace.firstPacketMs - trace.endedMs);
  return { ...trace.fields, mode: trace.mode, endedMs: trace.endedMs, outcome, code, stagesMs };
}
