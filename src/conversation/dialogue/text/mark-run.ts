import { isDigit, isWordPart } from './characters.js';
import type { Gap } from './spacing.js';

/** A longer run means the same as a run of this length. */
export const LONGEST_MARK = 3;
/** After a star, the second factor of a product must begin within this distance. */
const FACTOR_CHARS = 3;

export interface MarkRun {
  readonly mark: string;
  readonly length: number;
  /** Shorter than {@link FACTOR_CHARS} if no more text has arrived. */
  readonly following: string;
}

export interface Before {
  readonly last: string;
  /** True if a space separates the text from the run, or if there is no text before the run. */
  readonly separated: boolean;
}

export type MarkMeaning =
  | { readonly kind: 'more' }
  | { readonly kind: 'fence'; readonly mark: '`' | '~' }
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'drop'; readonly gap: Gap };

export function readMarkRun(buffer: string, at: number): MarkRun {
  const mark = buffer[at] ?? '';
  let end = at + 1;
  while (buffer[end] === mark) end += 1;
  return { mark, length: end - at, following: buffer.slice(end, end + FACTOR_CHARS) };
}

export function meaningOfRun(run: MarkRun, before: Before, final: boolean): MarkMeaning {
  const { mark, length, following } = run;
  const next = following[0] ?? '';
  const last = before.separated ? '' : before.last;
  if ((mark === '`' || mark === '~') && length >= LONGEST_MARK) return { kind: 'fence', mark };
  if (mark === '-') {
    const dash = length > 1 || (before.separated && /\s/u.test(next));
    return { kind: 'char', char: dash ? '—' : '-' };
  }
  if (mark === '*' && length === 1 && isDigit(before.last)) {
    if (!final && following.length < FACTOR_CHARS && /^\s*$/u.test(following)) return { kind: 'more' };
    if (/^\s{0,2}\d/u.test(following)) return { kind: 'char', char: '×' };
  }
  if (mark === '～' || mark === '~') {
    if (length === 1 && isDigit(last) && isDigit(next)) return { kind: 'char', char: '~' };
    return { kind: 'drop', gap: mark === '～' || length === 1 ? 'space' : 'none' };
  }
  if (mark === '_' && length === 1 && isWordPart(last) && isWordPart(next)) return { kind: 'drop', gap: 'space' };
  return { kind: 'drop', gap: 'none' };
}
