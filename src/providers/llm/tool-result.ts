import { visibleText } from '../../core/index.js';

export type ToolResult = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly text: string };

/** About a page of text. Descriptions of camera pictures are shorter. */
const MAX_RESULT_CHARS = 4000;

export function writeToolResult(result: ToolResult, maxChars = MAX_RESULT_CHARS): string {
  const most = Math.min(maxChars, MAX_RESULT_CHARS);
  const visible = visibleText(result.text);
  const text = visible.length > most ? `${visible.slice(0, most)}…` : visible;
  return JSON.stringify(result.ok ? { ok: true, result: text } : { ok: false, error: text });
}

/** Text that {@link writeToolResult} did not write counts as a failed call. */
export function readToolResult(content: string): ToolResult {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === 'object' && value !== null) {
      const { ok, result, error } = value as Record<string, unknown>;
      if (ok === true && typeof result === 'string') return { ok: true, text: result };
      if (ok === false && typeof error === 'string') return { ok: false, text: error };
    }
  } catch {
    // Text that is not JSON is treated below as an unreadable answer.
  }
  return { ok: false, text: content };
}
