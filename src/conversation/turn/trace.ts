import type { ErrorCode } from '../../core/index.js';
import type { TurnOutcome, TurnRecord, TurnStage } from './events.js';
import type { TurnTrace } from './state.js';

/** The record of a turn from the times that were noted. Stages the turn did not reach are left out. */
export function recordOf(trace: TurnTrace, outcome: TurnOutcome, code?: ErrorCode): TurnRecord {
  const stages: Partial<Record<TurnStage, number>> = { endpoint: trace.endpointMs };
  const put = (stage: TurnStage, fromMs: number | undefined, toMs: number | undefined): void => {
    if (fromMs !== undefined && toMs !== undefined) stages[stage] = Math.max(0, toMs - fromMs);
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
    stages.speech_end_to_first_packet = trace.endpointMs + Math.max(0, trace.firstPacketMs - trace.endedMs);
  const { mode, userText, asr, speculated, prepared, endedMs, inputTokens, outputTokens } = trace;
  return { outcome, code, mode, userText, asr, speculated, prepared, endedMs, inputTokens, outputTokens, stages };
}
