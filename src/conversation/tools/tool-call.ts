import { asChorusError, ChorusError, withTimeout, type Clock, type Logger } from '../../core/index.js';
import type { ToolBox, ToolCall } from '../../providers/llm/llm-port.js';
import { writeToolResult } from '../../providers/llm/tool-result.js';

/** Longer than any tool's own limit (the camera's is the longest); only a tool box that forgot its own meets it. */
const LAST_RESORT_MS = 90_000;

export interface ToolCallOptions {
  /** False: too many calls at once; the model is told so. */
  readonly allowed: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

const onTimeout = (): ChorusError => new ChorusError('tool.timeout', 'the tool did not answer in time');

/** Calls a tool for the model. A failure is an answer, too: the model tells the user. Throws only when the signal is aborted. */
export async function callTool(
  box: ToolBox,
  call: ToolCall,
  options: ToolCallOptions,
  signal: AbortSignal,
): Promise<string> {
  if (!options.allowed) return writeToolResult({ ok: false, text: 'too many tool calls at once' });
  try {
    const text = await withTimeout(options.clock, LAST_RESORT_MS, signal, onTimeout, (aborted) =>
      box.call(call.name, call.arguments, aborted),
    );
    return writeToolResult({ ok: true, text });
  } catch (error) {
    signal.throwIfAborted();
    const failure = asChorusError(error, 'tool.failed');
    options.log.info('A tool call failed', { tool: call.name.slice(0, 64), code: failure.code });
    return writeToolResult({ ok: false, text: failure.message });
  }
}
