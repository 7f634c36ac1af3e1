import { both, ChorusError, type ErrorCode } from '../../core/index.js';
import { MAX_ERROR_CHARS } from './limits.js';
import { TOOL_TEXTS, type ToolTexts } from './words.js';

export type ToolText = (texts: ToolTexts) => string;

/** The error contains the text in both languages, because a small model may say the text word for word. */
export function toolFailed(text: ToolText, options: { readonly cause?: unknown } = {}): ChorusError {
  return toolError('tool.failed', text, options);
}

function toolError(code: ErrorCode, text: ToolText, options: { readonly cause?: unknown } = {}): ChorusError {
  return new ChorusError(code, both(text(TOOL_TEXTS.en), text(TOOL_TEXTS.zh)), options);
}

export const noSuchTool = (): ChorusError => toolFailed(({ calls }) => calls.noSuchTool);

/** The tool is not offered, perhaps because its server has disconnected. */
export const toolGone = (): ChorusError => toolFailed(({ calls }) => calls.gone);

export const toolLate = (text: ToolText): ChorusError => toolError('tool.timeout', text);

export const toolTimeout = (seconds: number): ChorusError => toolLate(({ calls }) => calls.late(seconds));

/** Keeps the message of any other error, for example of a plug-in, without a translation. */
export function toolFailure(thrown: unknown): ChorusError {
  if (thrown instanceof ChorusError) return thrown;
  const message = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, MAX_ERROR_CHARS);
  return message === ''
    ? toolFailed(({ calls }) => calls.failed, { cause: thrown })
    : new ChorusError('tool.failed', message, { cause: thrown });
}
