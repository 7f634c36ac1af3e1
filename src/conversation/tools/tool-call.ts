import { asChorusError, ChorusError, withTimeout, type Clock, type Logger } from '../../core/index.js';
import type { ToolCall } from '../../providers/llm/llm-port.js';
import { writeToolResult } from '../../providers/llm/tool-result.js';
import type { ToolAnswer } from './tool.js';
import type { Toolbox } from './tool-source.js';

/** Longer than any tool's own limit (the camera's is the longest); reached only if a source has no limit of its own. */
const LAST_RESORT_MS = 90_000;

export interface ToolCallOptions {
  /** False: there are too many calls at once, and the model is informed. */
  readonly allowed: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

const onTimeout = (): ChorusError => new ChorusError('tool.timeout', 'the tool did not answer in time');

/**
 * Calls a tool for the model; `text` is what the model reads. A failure is an answer, too: the model tells the user.
 * Throws only when the signal is aborted.
 */
export async function callTool(
  toolbox: Toolbox,
  call: ToolCall,
  { allowed, clock, log }: ToolCallOptions,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  if (!allowed) return { text: writeToolResult({ ok: false, text: 'too many tool calls at once' }) };
  try {
    const answer = await withTimeout(clock, LAST_RESORT_MS, signal, onTimeout, (aborted) =>
      toolbox.call(call.name, call.arguments, aborted),
    );
    return { ...answer, text: writeToolResult({ ok: true, text: answer.text }) };
  } catch (error) {
    signal.throwIfAborted();
    const failure = asChorusError(error, 'tool.failed');
    log.info('A tool call failed', { tool: call.name.slice(0, 64), code: failure.code });
    return { text: writeToolResult({ ok: false, text: failure.message }) };
  }
}
