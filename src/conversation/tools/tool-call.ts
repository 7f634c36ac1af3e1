import { asChorusError, type ChorusError, uiLanguage, withTimeout, type Clock, type Logger } from '../../core/index.js';
import type { ToolCall } from '../../providers/llm/llm-port.js';
import { writeToolResult } from '../../providers/index.js';
import type { ToolAnswer } from './tool.js';
import type { Toolbox } from './tool-source.js';
import { toolTimeout } from './tool-errors.js';
import { TOOL_TEXTS } from './words.js';

/** Limit for sources that have no limit of their own. A tool's own limit is at most 60 s. */
export const LONGEST_CALL_MS = 90_000;

export interface ToolCallOptions {
  /** False if too many calls arrive at once. The call is then refused, and the model is told. */
  readonly allowed: boolean;
  readonly maxChars: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** `text` is for the model. If the tool failed, `text` is the reason. */
export interface CalledTool extends ToolAnswer {
  /** A question for the user. The tool runs only after a yes. */
  readonly ask?: string;
}

const onTimeout = (): ChorusError => toolTimeout(LONGEST_CALL_MS / 1000);

/** A failure is returned as an answer, because the model tells the user. Throws only if the signal is aborted. */
export async function callTool(
  toolbox: Toolbox,
  call: ToolCall,
  { allowed, maxChars, clock, log }: ToolCallOptions,
  signal: AbortSignal,
): Promise<CalledTool> {
  const failed = (text: string): CalledTool => ({ text: writeToolResult({ ok: false, text }, maxChars) });
  const language = uiLanguage(toolbox.language ?? 'en');
  const { calls } = TOOL_TEXTS[language];
  if (!allowed) return failed(calls.tooMany);
  if (call.malformed !== undefined) return failed(calls.malformed(call.malformed));
  try {
    const answer = await withTimeout(clock, LONGEST_CALL_MS, signal, onTimeout, (aborted) =>
      toolbox.call(call.name, call.arguments, aborted),
    );
    return { ...answer, text: writeToolResult({ ok: true, text: answer.text }, maxChars) };
  } catch (error) {
    signal.throwIfAborted();
    const failure = asChorusError(error, 'tool.failed');
    const { ask } = failure.details;
    if (typeof ask === 'string') return { ...failed(calls.asked), ask };
    log.info('A tool call failed', { tool: call.name.slice(0, 64), code: failure.code });
    const { zh } = failure.details;
    return failed(typeof zh === 'string' && language === 'zh' ? zh : failure.message);
  }
}
