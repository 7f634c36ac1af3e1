import type { ReplyPart } from '../../dialogue/conversation-port.js';
import type { Reply, Step } from '../state.js';
import { noted, type TurnTrace } from './turn-trace.js';

export function noteTime(step: Step, reply: Reply, times: Partial<TurnTrace>): void {
  if (reply.trace !== undefined) step.setReply({ trace: { ...reply.trace, ...times } });
}

/** If the first token comes this soon after the final transcript, it was ready earlier. */
const WAITED_MS = 20;

/**
 * Averages the time to the first token. The average drops at once and rises gradually, because a high value delays
 * every answer.
 */
export function noteThinking(step: Step, { trace }: Reply): void {
  if (trace?.askedMs === undefined) return;
  const tookMs = step.nowMs - trace.askedMs;
  // The first token may have waited for the end of the turn. The measured time may then be too long.
  const waited = trace.fields.prepared === true && step.nowMs - (trace.textMs ?? 0) < WAITED_MS;
  // Do not start the average with a time that may be far too long.
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

const MAX_TOOLS_NOTED = 16;

export function noteTool(step: Step, { trace }: Reply, name: string): void {
  const before = trace?.fields.toolsUsed ?? [];
  if (trace !== undefined && before.length < MAX_TOOLS_NOTED)
    step.setReply({ trace: noted(trace, { toolsUsed: [...before, name] }) });
}

const MAX_SOURCES_NOTED = 10;

export function noteSources(step: Step, { trace }: Reply, sources: readonly string[]): void {
  if (trace === undefined) return;
  const all = [...new Set([...(trace.fields.sources ?? []), ...sources])];
  step.setReply({ trace: noted(trace, { sources: all.slice(0, MAX_SOURCES_NOTED) }) });
}

function sum(before: number | undefined, more: number | undefined): number | undefined {
  return more === undefined ? before : (before ?? 0) + more;
}

/** Call it after a pause within a question, and, with `pauseMs` undefined, at the end of an utterance. */
export function notePause(step: Step, pauseMs: number | undefined): void {
  step.set({ ownPauseMs: step.rules.endpoint.ownPauseAfter(step.state.ownPauseMs, pauseMs) });
}

/** Call it when the user is present. */
export function noteActivity(step: Step): void {
  step.set({ quietSinceMs: step.nowMs, farewellSaid: false, putOff: 0, onlyByName: false });
}
