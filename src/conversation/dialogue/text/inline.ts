export type Bracket =
  | { readonly kind: 'more' }
  | { readonly kind: 'open' }
  /** `[1]`, `[^2]` or `[x]`, which is dropped. With `linked`, an address follows, which is dropped too. */
  | { readonly kind: 'note'; readonly length: number; readonly linked: boolean }
  /** `[happy]`. `name` is the text inside the brackets. */
  | { readonly kind: 'tag'; readonly length: number; readonly name: string };

const MAX_TAG_CHARS = 32;
const BRACKETED = /[[【]([^[\]【】\n]{0,32})[\]】]/uy;
const BRACKET_BEGINNING = /[[【][^[\]【】\n]*$/uy;
const NOTE = /^(?:\^?\d{1,3}|[ xX\u2713]|\^[\w-]+|\d{1,3}\u2020[^\]]*)$/u;

export function readBracket(buffer: string, at: number, final: boolean): Bracket {
  BRACKETED.lastIndex = at;
  const match = BRACKETED.exec(buffer);
  if (match?.[1] !== undefined) {
    const end = at + match[0].length;
    if (end === buffer.length && !final) return { kind: 'more' };
    const linked = buffer[end] === '(';
    if (NOTE.test(match[1])) return { kind: 'note', length: match[0].length, linked };
    // Brackets before an address contain the text of a link.
    if (linked) return { kind: 'open' };
    return { kind: 'tag', length: match[0].length, name: match[1] };
  }
  BRACKET_BEGINNING.lastIndex = at;
  if (!final && buffer.length - at <= MAX_TAG_CHARS + 1 && BRACKET_BEGINNING.test(buffer)) return { kind: 'more' };
  return { kind: 'open' };
}

/** A run of letters and digits. It may turn out to be an address. */
export type Run =
  | { readonly kind: 'more' }
  | { readonly kind: 'word'; readonly length: number }
  | { readonly kind: 'url' | 'email'; readonly length: number };

/** Only this many characters are examined, because no scheme, host label or mailbox that matters is longer. */
const MAX_RUN_CHARS = 64;
const RUN = /[A-Za-z0-9]+(?:[.+%-][A-Za-z0-9]+)*/uy;
const UNDECIDED_RUN = /(?:[.+%-]|:|:\/)$/uy;
const HOST_WITH_PATH = /\.(?:com|cn|net|org|io|ai|dev|app|me|gov|edu|info|xyz)$/iu;

export function readRun(buffer: string, at: number, final: boolean): Run {
  RUN.lastIndex = 0;
  const run = RUN.exec(buffer.slice(at, at + MAX_RUN_CHARS))?.[0] ?? '';
  const end = at + run.length;
  if (run.length < MAX_RUN_CHARS && !final) {
    if (end === buffer.length) return { kind: 'more' };
    UNDECIDED_RUN.lastIndex = end;
    if (UNDECIDED_RUN.test(buffer)) return { kind: 'more' };
    if (buffer[end] === '@' && end + 1 === buffer.length) return { kind: 'more' };
  }
  if (buffer.startsWith('://', end) && /[A-Za-z]/u.test(run)) return { kind: 'url', length: run.length };
  if (/^www\.[A-Za-z0-9]/iu.test(run)) return { kind: 'url', length: run.length };
  if (buffer[end] === '/' && HOST_WITH_PATH.test(run)) return { kind: 'url', length: run.length };
  if (buffer[end] === '@' && /[A-Za-z0-9]/u.test(buffer[end + 1] ?? '') && /[A-Za-z]/u.test(run))
    return { kind: 'email', length: run.length };
  return { kind: 'word', length: run.length };
}

const ADDRESS = /[A-Za-z0-9\-._~:/?#@!$&'*+,;=%()]+/uy;
/** Marks that belong to the sentence if they end an address. */
const SENTENCE_MARKS = ".,!?;:')*_";
/** A run of this many marks is hostile text and is dropped. */
const ABSURD_MARKS = 17;

/** Skips the rest of an address of any length. Marks at its end belong to the sentence and stay. */
export function skipAddress(
  buffer: string,
  at: number,
  final: boolean,
): { readonly length: number; readonly ended: boolean } {
  ADDRESS.lastIndex = at;
  const run = ADDRESS.exec(buffer)?.[0] ?? '';
  let marks = 0;
  while (marks < run.length && SENTENCE_MARKS.includes(run[run.length - 1 - marks] ?? ' ')) marks += 1;
  return { length: run.length - (marks % ABSURD_MARKS), ended: final || at + run.length < buffer.length };
}

/** The address of a link, `(https://...)`. It ends at its closing bracket or at the end of the line. */
export class LinkTarget {
  #depth = 0;

  skip(buffer: string, at: number): { readonly length: number; readonly ended: boolean } {
    for (let i = at; i < buffer.length; i++) {
      const char = buffer[i];
      if (char === '\n') return { length: i - at, ended: true };
      if (char === '(') this.#depth += 1;
      else if (char === ')') {
        this.#depth -= 1;
        if (this.#depth <= 0) return { length: i + 1 - at, ended: true };
      }
    }
    return { length: buffer.length - at, ended: false };
  }
}
