import { ChorusError } from '../../core/index.js';

const MAX_RESULT_CHARS = 16_000;
const MAX_ERROR_CHARS = 300;

/**
 * The texts of a `tools/call` result. Other content is named, not passed on. Error: `tool.failed` if the result is an
 * error.
 */
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
  if (isError === true)
    throw new ChorusError('tool.failed', text === '' ? 'the tool failed' : text.slice(0, MAX_ERROR_CHARS));
  return text;
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
