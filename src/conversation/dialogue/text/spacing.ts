import { CLAUSE_MARKS, CLOSERS, FULL_STOPS, isCjk, isDigit, isTight, isWord, isWordPart } from './characters.js';

export type Gap = 'none' | 'space' | 'line' | 'clause' | 'sentence';

const RANK: Readonly<Record<Gap, number>> = { none: 0, space: 1, line: 2, clause: 3, sentence: 4 };
const STOPS = `${FULL_STOPS}.!?`;

/**
 * Writes cleaned text with normal spacing. It never writes two spaces, a space before a closing mark, or the same stop
 * or comma twice. A line without punctuation at its end, such as a list item, gets a suitable mark, unless the next
 * line begins with a small letter.
 */
export class SpacedText {
  #written = '';
  #gap: Gap = 'none';
  #last = '';
  /** The last character that is not a closing quotation mark or bracket. */
  #lastInside = '';
  /** True after a Chinese or Japanese character. Full-width marks then follow. */
  #cjk = false;

  /** Empty at the start. */
  get last(): string {
    return this.#last;
  }

  /** True if a gap comes before the next character, or if nothing was written yet. */
  get separated(): boolean {
    return this.#gap !== 'none' || this.#last === '';
  }

  /** Returns `next`, with a space or a mark before it if needed. Writes nothing. */
  with(next: string): string {
    return this.#between(next) + next;
  }

  take(): string {
    const written = this.#written;
    this.#written = '';
    return written;
  }

  separate(gap: Gap): void {
    if (RANK[gap] > RANK[this.#gap]) this.#gap = gap;
  }

  /** Removes a pending space, but not the end of a line. */
  closeUp(): void {
    if (this.#gap === 'space') this.#gap = 'none';
  }

  word(text: string): void {
    const first = firstCharacter(text);
    this.#bridge(first);
    this.#append(text);
  }

  char(char: string): void {
    if (isTight(char) || char === '.') {
      // Repeating a mark is emphasis that cannot be heard.
      if (this.#last === char) return;
      // A mark at the very beginning ends nothing.
      if (this.#last === '' && (STOPS + CLAUSE_MARKS).includes(char)) return;
      if (this.#gap !== 'none' && isTight(char)) this.#gap = 'none';
    }
    this.#bridge(char);
    this.#append(char);
  }

  #append(text: string): void {
    this.#written += text;
    const last = lastCharacter(text);
    this.#last = last;
    if (!CLOSERS.includes(last)) this.#lastInside = last;
    if (isWord(last) && !isDigit(last)) this.#cjk = isCjk(last);
  }

  #bridge(next: string): void {
    const between = this.#between(next);
    this.#gap = 'none';
    if (between !== '') this.#append(between);
  }

  #between(next: string): string {
    const gap = this.#gap;
    if (gap === 'none' || this.#last === '') return '';
    const needsMark = gap !== 'space' && !STOPS.includes(this.#lastInside) && !CLAUSE_MARKS.includes(this.#lastInside);
    // A line break between Chinese characters is not a space.
    if (!needsMark) return gap === 'space' || !this.#cjk ? ' ' : '';
    if ((this.#cjk && !/[A-Za-z]/u.test(this.#last)) || (isDigit(this.#last) && isCjk(next)))
      return gap === 'sentence' ? '。' : '，';
    // A line that begins with a small letter continues the sentence.
    if (gap === 'line' && /\p{Ll}/u.test(next) && isWordPart(this.#last)) return ' ';
    return gap === 'sentence' ? '. ' : ', ';
  }
}

function firstCharacter(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0x20);
}

function lastCharacter(text: string): string {
  const low = text.charCodeAt(text.length - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(-2) : text.slice(-1);
}
