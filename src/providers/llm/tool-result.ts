import { visibleText } from '../../core/index.js';

/**
 * A tool's answer as the model reads it: JSON, which shows where the tool's words begin and end.
 */
export type ToolResult = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly text: string };

/** Longest tool answer that a model is given: about a page; the camera's descriptions are shorter. */
const MAX_RESULT_CHARS = 4000;

export function writeToolResult(result: ToolResult, maxChars = MAX_RESULT_CHARS): string {
  const most = Math.min(maxChars, MAX_RESULT_CHARS);
  const visible = visibleText(result.text);
  const text = visible.length > most ? `${visible.slice(0, most)}…` : visible;
  return JSON.stringify(result.ok ? { ok: true, result: text } : { ok: false, error: text });
}

/** The inverse of {@link writeToolResult}; anything else counts as a failed call. */
export function readToolResult(content: string): ToolResult {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === 'object' && value !== null) {
      const { ok, result, error } = value as Record<string, unknown>;
      if (ok === true && typeof result === 'string') return { ok: true, text: result };
      if (ok === false && typeof error === 'string') return { ok: false, text: error };
    }
  } catch {
    // The text is not JSON, so it is treated below as an unreadable answer.
  }
  return { ok: false, text: content };
}
