/** A token of SQL, as far as dumps need it. `word`: unquoted names, keywords and numbers. */
export type SqlToken =
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'name'; readonly text: string }
  /** `cut`: the text was truncated. */
  | { readonly type: 'text'; readonly text: string; readonly cut: boolean }
  | { readonly type: 'sign'; readonly sign: '(' | ')' | ',' | ';' | '.' | '=' | 'other' };

/** Receives the tokens. While `wanted` is false, texts are skipped, as most of a dump is. */
export interface SqlConsumer {
  readonly wanted: boolean;
  take(token: SqlToken): void;
}

/** Longest value that is kept: a prompt (TEXT) has up to 64 KB, recorded audio has megabytes. */
export const VALUE_MAX_BYTES = 128 * 1024;
/** Longest name or number. */
const WORD_MAX_BYTES = 1024;

const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [DOUBLE, HASH, SINGLE, OPEN, CLOSE, STAR, COMMA, DASH, DOT, SLASH, SEMI, EQUALS, BACKSLASH, BACKTICK] = [
  0x22, 0x23, 0x27, 0x28, 0x29, 0x2a, 0x2c, 0x2d, 0x2e, 0x2f, 0x3b, 0x3d, 0x5c, 0x60,
];
/** Escapes of MySQL that do not stand for the character itself. `\%` and `\_` keep their backslash. */
const ESCAPES: Readonly<Record<number, number>> = { 0x30: 0, 0x62: 8, 0x6e: LF, 0x72: CR, 0x74: TAB, 0x5a: 0x1a };

type State =
  | 'between'
  | 'word'
  | 'quoted'
  | 'escape'
  | 'quote_end'
  | 'line'
  | 'block'
  | 'block_star'
  | 'dash'
  | 'dash_dash'
  | 'slash';

/**
 * Splits streamed SQL of `mysqldump` into tokens and keeps at most one value in memory. It works on bytes, because no
 * byte of a multi-byte UTF-8 character looks like ASCII. Never throws.
 */
export class SqlTokens {
  #state: State = 'between';
  #quote = 0;
  #word = '';
  #kept: Buffer;
  #length = 0;
  #cut = false;

  constructor(private readonly consumer: SqlConsumer) {
    this.#kept = Buffer.allocUnsafe(4096);
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at++) {
      if (this.#state === 'quoted') {
        at = this.#throughText(chunk, at);
        if (at >= chunk.length) return;
      }
      if (this.#state === 'line' || this.#state === 'block') {
        const end = chunk.indexOf(this.#state === 'line' ? LF : STAR, at);
        if (end < 0) return;
        at = end;
      }
      this.#step(chunk[at] ?? 0);
    }
  }

  /** Ends the stream; an incomplete token of a truncated dump is dropped. */
  end(): void {
    if (this.#state === 'word') this.#endWord();
    if (this.#state === 'quote_end') this.#endText();
    this.#state = 'between';
  }

  /** Skips or keeps quoted text up to the next quote or backslash, and returns the position of that. */
  #throughText(chunk: Buffer, from: number): number {
    const quote = this.#quote;
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === quote || (byte === BACKSLASH && quote !== BACKTICK)) break;
    }
    if (this.#keeping) this.#keep(chunk.subarray(from, at));
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'quoted':
        this.#state = byte === this.#quote ? 'quote_end' : 'escape';
        return;
      case 'escape':
        this.#escaped(byte);
        this.#state = 'quoted';
        return;
      case 'quote_end':
        if (byte !== this.#quote) {
          this.#endText();
          this.#between(byte);
          return;
        }
        // A doubled quote stands for one.
        this.#keepByte(byte);
        this.#state = 'quoted';
        return;
      case 'line':
        this.#state = 'between';
        return;
      case 'block':
        this.#state = 'block_star';
        return;
      case 'block_star':
        if (byte !== STAR) this.#state = byte === SLASH ? 'between' : 'block';
        return;
      case 'dash':
        this.#afterDash(byte);
        return;
      case 'dash_dash':
        this.#state = byte === LF ? 'between' : 'line';
        return;
      case 'slash':
        this.#state = 'between';
        if (byte === STAR) this.#state = 'block';
        else {
          this.#sign('other');
          this.#between(byte);
        }
        return;
      case 'word':
        if (isWordByte(byte)) {
          if (this.#word.length < WORD_MAX_BYTES) this.#word += String.fromCharCode(byte);
          return;
        }
        // A number such as 1.5e3.
        if (byte === DOT && /^-?\d+$/.test(this.#word)) {
          this.#word += '.';
          return;
        }
        this.#endWord();
        this.#between(byte);
        return;
      default:
        this.#between(byte);
    }
  }

  #between(byte: number): void {
    this.#state = 'between';
    if (byte === SPACE || byte === LF || byte === CR || byte === TAB) return;
    if (byte === SINGLE || byte === DOUBLE || byte === BACKTICK) {
      this.#quote = byte;
      this.#length = 0;
      this.#cut = false;
      this.#state = 'quoted';
      return;
    }
    if (isWordByte(byte)) {
      this.#word = String.fromCharCode(byte);
      this.#state = 'word';
      return;
    }
    if (byte === HASH) this.#state = 'line';
    else if (byte === DASH) this.#state = 'dash';
    else if (byte === SLASH) this.#state = 'slash';
    else this.#sign(SIGNS[byte] ?? 'other');
  }

  /** `-- comment`, `-5`, or a minus. */
  #afterDash(byte: number): void {
    if (byte === DASH) {
      this.#state = 'dash_dash';
      return;
    }
    if (byte >= 0x30 && byte <= 0x39) {
      this.#word = `-${String.fromCharCode(byte)}`;
      this.#state = 'word';
      return;
    }
    this.#sign('other');
    this.#between(byte);
  }

  #escaped(byte: number): void {
    if (!this.#keeping) return;
    if (byte === 0x25 || byte === 0x5f) this.#keepByte(BACKSLASH);
    this.#keepByte(ESCAPES[byte] ?? byte);
  }

  /** Names are always kept, because they decide what is wanted. */
  get #keeping(): boolean {
    return this.#quote === BACKTICK || this.consumer.wanted;
  }

  #keepByte(byte: number): void {
    if (!this.#keeping) return;
    if (!this.#room(1)) return;
    this.#kept[this.#length++] = byte;
  }

  #keep(bytes: Buffer): void {
    const length = Math.min(bytes.length, VALUE_MAX_BYTES - this.#length);
    if (length < bytes.length) this.#cut = true;
    if (length <= 0 || !this.#room(length)) return;
    bytes.copy(this.#kept, this.#length, 0, length);
    this.#length += length;
  }

  #room(bytes: number): boolean {
    const needed = this.#length + bytes;
    if (needed > VALUE_MAX_BYTES) {
      this.#cut = true;
      return false;
    }
    if (needed > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.min(VALUE_MAX_BYTES, Math.max(needed, this.#kept.length * 2)));
      this.#kept.copy(larger, 0, 0, this.#length);
      this.#kept = larger;
    }
    return true;
  }

  #endText(): void {
    const text = this.#keeping ? this.#kept.toString('utf8', 0, this.#length) : '';
    this.consumer.take(this.#quote === BACKTICK ? { type: 'name', text } : { type: 'text', text, cut: this.#cut });
    this.#state = 'between';
  }

  #endWord(): void {
    this.consumer.take({ type: 'word', text: this.#word });
    this.#state = 'between';
  }

  #sign(sign: Extract<SqlToken, { type: 'sign' }>['sign']): void {
    this.consumer.take({ type: 'sign', sign });
  }
}

const SIGNS: Readonly<Record<number, Extract<SqlToken, { type: 'sign' }>['sign']>> = {
  [OPEN]: '(',
  [CLOSE]: ')',
  [COMMA]: ',',
  [SEMI]: ';',
  [DOT]: '.',
  [EQUALS]: '=',
};

/** Letters, digits, `_`, `$`, `@`, and every byte of a multi-byte character. */
function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === 0x24 ||
    byte === 0x40 ||
    byte >= 0x80
  );
}
