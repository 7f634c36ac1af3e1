/** A `word` is an unquoted name, a keyword or a number. A `name` is in backquotes. */
export type SqlToken =
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'name'; readonly text: string }
  | { readonly type: 'text'; readonly text: string; readonly cut: boolean }
  | { readonly type: 'sign'; readonly sign: '(' | ')' | ',' | ';' | '.' | '=' | 'other' };

/** Texts are skipped while `wanted` is false, which is the case for most of a dump. */
export interface SqlConsumer {
  readonly wanted: boolean;
  take(token: SqlToken): void;
}

/** Longest value that is kept. A prompt in a TEXT column has up to 64 KB, and recorded audio has megabytes. */
export const VALUE_MAX_BYTES = 128 * 1024;
const WORD_MAX_BYTES = 1024;

const WORD = String.raw`[\w$@\x80-\xff]`;
/** The groups are a quote, the start of a comment, a word and another sign. */
const TOKEN = new RegExp(
  String.raw`[ \t\r\n]+|(['"\x60])|(#|--|/\*)|(-?\d+\.${WORD}*|-?\d${WORD}*|${WORD}+)|([^])`,
  'y',
);
const SIGN = /^[(),;.=]$/;
const COMMENT_END: Readonly<Record<string, string>> = { '#': '\n', '--': '\n', '/*': '*/' };
const TEXT_STOP: Readonly<Record<string, RegExp>> = { "'": /['\\]/g, '"': /["\\]/g, '`': /`/g };
/** MySQL's escapes that stand for something other than the escaped character. */
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\u001A',
  '%': String.raw`\%`,
  _: String.raw`\_`,
};

/** Works on bytes, because no byte of a multi-byte UTF-8 character looks like ASCII. Never throws. */
export class SqlTokens {
  #pending = '';
  #at = 0;
  /** The open quote, or the start of the open comment. */
  #inside = '';
  #kept = '';
  #cut = false;

  constructor(private readonly consumer: SqlConsumer) {}

  push(chunk: Buffer): void {
    this.#read(this.#pending + chunk.toString('latin1'), false);
  }

  /** Drops an incomplete token at the end of a truncated dump. */
  end(): void {
    this.#read(this.#pending, true);
  }

  #read(input: string, last: boolean): void {
    this.#at = 0;
    while (
      this.#inside === ''
        ? this.#token(input, last)
        : this.#inside in TEXT_STOP
          ? this.#text(input, last)
          : this.#comment(input)
    );
    // Only a word can be longer than this limit. The rest of the word is dropped.
    this.#pending = input.slice(this.#at, this.#at + WORD_MAX_BYTES);
  }

  /** Returns false if more input is needed. The methods below do the same. */
  #token(input: string, last: boolean): boolean {
    TOKEN.lastIndex = this.#at;
    const [, quote, comment, word, sign] = TOKEN.exec(input) ?? [];
    const end = TOKEN.lastIndex;
    if (end === 0) return false;
    if (end === input.length && (sign === '-' || sign === '/' || (word !== undefined && !last))) return false;
    this.#at = end;
    this.#inside = quote ?? comment ?? '';
    this.#kept = '';
    this.#cut = false;
    if (word !== undefined) this.consumer.take({ type: 'word', text: copyOf(word.slice(0, WORD_MAX_BYTES), 'latin1') });
    if (sign !== undefined)
      this.consumer.take({
        type: 'sign',
        sign: SIGN.test(sign) ? (sign as Extract<SqlToken, { type: 'sign' }>['sign']) : 'other',
      });
    return true;
  }

  #comment(input: string): boolean {
    const mark = COMMENT_END[this.#inside] ?? '\n';
    const end = input.indexOf(mark, this.#at);
    // The first half of `*/` can be the end of this chunk.
    this.#at = end < 0 ? Math.max(this.#at, input.length - (mark.length - 1)) : end + mark.length;
    if (end >= 0) this.#inside = '';
    return end >= 0;
  }

  #text(input: string, last: boolean): boolean {
    const quote = this.#inside;
    const stop = TEXT_STOP[quote];
    if (!stop) return false;
    // Names are always kept, because `wanted` depends on them.
    const kept = quote === '`' || this.consumer.wanted;
    for (;;) {
      stop.lastIndex = this.#at;
      const end = stop.exec(input)?.index ?? input.length;
      if (kept) this.#keep(input.slice(this.#at, end));
      this.#at = end;
      const [found, next] = [input[end], input[end + 1]];
      if (found === undefined || (next === undefined && !(last && found === quote))) return false;
      // A doubled quote means one quote, so only a single quote ends the text.
      if (found === quote && next !== quote) break;
      if (kept) this.#keep(found === quote ? quote : (ESCAPES[next ?? ''] ?? next ?? ''));
      this.#at += 2;
    }
    this.#at += 1;
    this.#inside = '';
    const text = copyOf(this.#kept, 'utf8');
    this.consumer.take(quote === '`' ? { type: 'name', text } : { type: 'text', text, cut: this.#cut });
    return true;
  }

  #keep(bytes: string): void {
    const room = VALUE_MAX_BYTES - this.#kept.length;
    if (bytes.length > room) this.#cut = true;
    this.#kept += bytes.slice(0, room);
  }
}

/** Copies the text, because a slice would keep the whole chunk in memory. */
function copyOf(bytes: string, encoding: 'latin1' | 'utf8'): string {
  return Buffer.from(bytes, 'latin1').toString(encoding);
}
