import type { ReplyPart } from '../../dialogue/conversation-port.js';
import type { Reply, Step } from '../state.js';
import { noted, type TurnTrace } from './turn-trace.js';

/** Notes times in the record of the reply's turn. */
export function noteTime(step: Step, reply: Reply, times: Partial<TurnTrace>): void {
  if (reply.trace !== undefined) step.setReply({ trace: { ...reply.trace, ...times } });
}

/** If the first token comes within this time after the final transcript, it was ready before the transcript. */
const WAITED_MS = 20;

/**
 * Averages the model's thinking time. The average drops at once and rises gradually. It influences when the end of a
 * turn is decided, and a late decision delays every answer.
 */
export function noteThinking(step: Step, { trace }: Reply): void {
  if (trace?.askedMs === undefined) return;
  const tookMs = step.nowMs - trace.askedMs;
  // The first token of a prepared answer may have waited for the end of the turn. The measured time may then be too
  // long.
  const waited = trace.fields.prepared === true && step.nowMs - (trace.textMs ?? 0) < WAITED_MS;
  // Do not start the average with such a time. The model may have been asked during speech, so the time can be far too
  // long.
  if (waited && step.state.thinkingMs === undefined) return;
  const { thinkingMs = tookMs } = step.state;
  const slowerMs = waited ? thinkingMs : thinkingMs + (tookMs - thinkingMs) / 4;
  step.set({ thinkingMs: Math.round(Math.min(tookMs, slowerMs)) });
}

export function noteUsage(
  step: Step,
  reply: Reply,
  { inputTokens, outputTokens }: Extract<ReplyPart, { type: 'usage' }>,
): void {
  const { trace } = reply;
  if (trace === undefined) return;
  step.setReply({
    trace: noted(trace, {
      inputTokens: sum(trace.fields.inputTokens, inputTokens),
      outputTokens: sum(trace.fields.outputTokens, outputTokens),
    }),
  });
}

/** Maximum number of tools noted for one answer. */
const MAX_TOOLS_NOTED = 16;

export function noteTool(step: Step, { trace }: Reply, name: string): void {
  const before = trace?.fields.toolsUsed ?? [];
  if (trace !== undefined && before.length < MAX_TOOLS_NOTED)
    step.setReply({ trace: noted(trace, { toolsUsed: [...before, name] }) });
}

/** Maximum number of documents noted for one answer. */
const MAX_SOURCES_NOTED = 10;

export function noteSources(step: Step, { trace }: Reply, sources: readonly string[]): void {
  if (trace === undefined) return;
  const all = [...new Set([...(trace.fields.sources ?? []), ...sources])];
  step.setReply({ trace: noted(trace, { sources: all.slice(0, MAX_SOURCES_NOTED) }) });
}

function sum(before: number | undefined, more: number | undefined): number | undefined {
  return more === undefined ? before : (before ?? 0) + more;
}

/** Notes a pause between the person's words. `pauseMs` undefined: the turn had none. */
export function notePause(step: Step, pauseMs: number | undefined): void {
  step.set({ ownPauseMs: step.rules.endpoint.ownPauseAfter(step.state.ownPauseMs, pauseMs) });
}

/** Notes a sign that the user is present. */
export function noteActivity(step: Step): void {
  step.set({ quietSinceMs: step.nowMs, farewellSaid: false, putOff: 0, onlyByName: false });
}
