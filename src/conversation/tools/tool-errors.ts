import { both, ChorusError, type ErrorCode } from '../../core/index.js';
import { MAX_ERROR_CHARS } from './limits.js';
import { TOOL_TEXTS, type ToolTexts } from './words.js';

/** A text of the catalogue. */
export type ToolText = (texts: ToolTexts) => string;

/** A failed call in words that a small model may say as they are, in the language of the conversation. */
export function toolFailed(text: ToolText, options: { readonly cause?: unknown } = {}): ChorusError {
  return toolError('tool.failed', text, options);
}

function toolError(code: ErrorCode, text: ToolText, options: { readonly cause?: unknown } = {}): ChorusError {
  return new ChorusError(code, both(text(TOOL_TEXTS.en), text(TOOL_TEXTS.zh)), options);
}

export const noSuchTool = (): ChorusError => toolFailed(({ calls }) => calls.noSuchTool);

/** A tool that was offered is gone: its server has left. */
export const toolGone = (): ChorusError => toolFailed(({ calls }) => calls.gone);

/** A tool, or what stands behind it, did not answer in time. */
export const toolLate = (text: ToolText): ChorusError => toolError('tool.timeout', text);

export const toolTimeout = (seconds: number): ChorusError => toolLate(({ calls }) => calls.late(seconds));

/** The error for the model, made from anything that a tool threw. That of a plug-in's tool has one language. */
export function toolFailure(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const message = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, MAX_ERROR_CHARS);
  return message === ''
    ? toolFailed(({ calls }) => calls.failed, { cause: thrown })
    : new ChorusError('tool.failed', message, { cause: thrown });
}
