import { z } from 'zod';
import { ChorusError, visibleText } from '../../core/index.js';
import type { ToolAnswer } from './tool.js';
import { MAX_ERROR_CHARS, MAX_RESULT_CHARS } from './limits.js';
import { toolFailed } from './tool-errors.js';

/** More than a minute of speech. A longer text is not spoken, but goes to the model. */
const MAX_SAY_CHARS = 1000;

/** An answer in the form of the vision endpoint (docs/protocol.md 8.1). Other servers use this form, too. */
const ownWords = z.strictObject({
  success: z.boolean().optional(),
  action: z.string().optional(),
  response: z.string().optional(),
  message: z.string().optional(),
});

/**
 * A tool may answer the user directly with `{"action":"RESPONSE","response":...}`. A text of up to {@link
 * MAX_SAY_CHARS} is spoken unchanged, and is never taken for a tool call. Errors: those of {@link resultText}, and
 * `tool.failed` for `{"success":false}`.
 */
export function answerOf(result: unknown): ToolAnswer {
  const text = resultText(result);
  const { success, action, response = '', message = '' } = ownWordsOf(text);
  if (success === false) {
    const reason = visibleText(message === '' ? response : message).trim();
    throw failedWith(reason);
  }
  const say = visibleText(response).trim();
  if (action !== 'RESPONSE' || say === '') return { text };
  return say.length > MAX_SAY_CHARS ? { text: say } : { text: say, say };
}

function ownWordsOf(text: string): z.output<typeof ownWords> {
  if (!text.trimStart().startsWith('{')) return {};
  try {
    return ownWords.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {}; // The text only looked like JSON.
  }
}

/** Images, sounds and links are only mentioned. Throws `tool.failed` if the result is an error. */
export function resultText(result: unknown): string {
  const { content, isError, structuredContent } = (typeof result === 'object' && result !== null ? result : {}) as {
    content?: unknown;
    isError?: unknown;
    structuredContent?: unknown;
  };
  const texts = Array.isArray(content) ? content.slice(0, 100).map(contentText).join('\n') : '';
  const text = (texts === '' && structuredContent !== undefined ? JSON.stringify(structuredContent) : texts).slice(
    0,
    MAX_RESULT_CHARS,
  );
  if (isError === true) throw failedWith(text);
  return text;
}

function failedWith(reason: string): ChorusError {
  return reason === ''
    ? toolFailed(({ calls }) => calls.failed)
    : new ChorusError('tool.failed', reason.slice(0, MAX_ERROR_CHARS));
}

function contentText(item: unknown): string {
  const { type, text, resource, uri } = (typeof item === 'object' && item !== null ? item : {}) as {
    readonly [name: string]: unknown;
  };
  switch (type) {
    case 'text':
      return typeof text === 'string' ? text : '';
    case 'image':
      return '(an image)';
    case 'audio':
      return '(a sound)';
    case 'resource_link':
      return typeof uri === 'string' ? `(a link: ${uri.slice(0, 300)})` : '';
    case 'resource':
      return contentText({ type: 'text', ...(typeof resource === 'object' ? resource : {}) });
    default:
      return '';
  }
}
