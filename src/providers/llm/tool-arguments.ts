import { objectOf } from '../wire/http.js';
import type { ToolCall } from './llm-port.js';

/** An empty text means no arguments. The model has to repeat the call if the text is unreadable. */
export function readArguments(text: string): Pick<ToolCall, 'arguments' | 'malformed'> {
  if (text.trim() === '') return { arguments: {} };
  try {
    const value: unknown = JSON.parse(text);
    const read = value === null ? {} : objectOf(value);
    if (read) return { arguments: read };
  } catch {
    return { arguments: {}, malformed: 'the arguments are not JSON; make the call again' };
  }
  return { arguments: {}, malformed: 'the arguments are not a JSON object; make the call again' };
}
