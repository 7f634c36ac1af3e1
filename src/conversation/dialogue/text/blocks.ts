/** The beginning of a line. Its markup is layout and not spoken, except the `number` of a list item. */
export type LineStart =
  | { readonly kind: 'more' }
  | { readonly kind: 'text' }
  /** White space, the `>` of a quotation, a horizontal rule, or the line under a table's header. */
  | { readonly kind: 'skip'; readonly length: number }
  | { readonly kind: 'heading'; readonly length: number }
  | { readonly kind: 'bullet'; readonly length: number }
  | { readonly kind: 'numbered'; readonly length: number; readonly number: string }
  | { readonly kind: 'row'; readonly length: number };

/** A longer horizontal rule is dropped in several steps. */
const MAX_RULE_CHARS = 200;

const BLANKS = /[ \t\r\u00a0\u3000]+/uy;
const QUOTE = />+/uy;
const RULE = /[-=*_|: \t]+/uy;
const RULE_MARKS = /[-=*_|]/gu;
const HEADING = /#{1,6}(?=[ \t])|#{2,6}/uy;
const BULLET = /[-*+](?=[ \t\u3000]|[\p{Script=Han}])|[\u2022\u00b7\u25aa\u25e6\u2023\u25cf\u25cb\u25a0]/uy;
const NUMBERED = /(\d{1,3})[.)](?=[ \t\u3000]|[\p{Script=Han}])/uy;
/** Line beginnings that the next character may turn into markup. */
const UNDECIDED = /(?:#{1,6}|[-*+]|\d{1,3}[.)]?)$/uy;

/** `final` means that no more text will come. */
export function readLineStart(buffer: string, at: number, final: boolean): LineStart {
  const blanks = matchLength(BLANKS, buffer, at) || matchLength(QUOTE, buffer, at);
  if (blanks > 0) return { kind: 'skip', length: blanks };

  const rule = Math.min(MAX_RULE_CHARS, matchLength(RULE, buffer, at));
  if (rule > 0) {
    const ended = at + rule === buffer.length;
    if (ended && !final && rule < MAX_RULE_CHARS) return { kind: 'more' };
    const marks = buffer.slice(at, at + rule).match(RULE_MARKS)?.length ?? 0;
    if (marks >= 3 && (ended || rule === MAX_RULE_CHARS || buffer[at + rule] === '\n' || buffer[at + rule] === '\r'))
      return { kind: 'skip', length: rule };
  }
  if (!final && matchLength(UNDECIDED, buffer, at) > 0) return { kind: 'more' };

  const heading = matchLength(HEADING, buffer, at);
  if (heading > 0) return { kind: 'heading', length: heading };
  const bullet = matchLength(BULLET, buffer, at);
  if (bullet > 0) return { kind: 'bullet', length: bullet };
  NUMBERED.lastIndex = at;
  const numbered = NUMBERED.exec(buffer);
  if (numbered?.[1] !== undefined) return { kind: 'numbered', length: numbered[0].length, number: numbered[1] };
  if (buffer[at] === '|') return { kind: 'row', length: 1 };
  return { kind: 'text' };
}

function matchLength(pattern: RegExp, buffer: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(buffer)?.[0].length ?? 0;
}
