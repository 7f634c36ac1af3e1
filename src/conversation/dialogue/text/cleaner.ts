import type { LanguageTag } from '../../../core/index.js';
import type { Emotion } from '../../../device/protocol/index.js';
import { readLineStart } from './blocks.js';
import { isCjk, isDigit, isWordPart } from './characters.js';
import { emotionOfEmoji, emotionOfTag } from './emotion.js';
import { HiddenText, readTag } from './hidden.js';
import { LinkTarget, readBracket, readRun, skipAddress } from './inline.js';
import { linkWords } from './link-words.js';
import { LONGEST_MARK, meaningOfRun, readMarkRun } from './mark-run.js';
import { readEmoticon, readEntity, signKind } from './signs.js';
import { type Gap, SpacedText } from './spacing.js';

/** A piece of a reply after cleaning, in the order of the source. */
export type CleanPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'emotion'; readonly emotion: Emotion };

interface Skipping {
  skip(buffer: string, at: number, final: boolean): { readonly length: number; readonly ended: boolean };
}

const ADDRESS: Skipping = { skip: skipAddress };
/**
 * Turns a language model's text into speakable text: no Markdown, HTML, reasoning, code, addresses, emoji or control
 * characters. The result does not depend on how the source was cut into deltas. At most a few hundred characters are
 * held back.
 */
export class SpeechCleaner {
  readonly #text = new SpacedText();
  readonly #words: ReturnType<typeof linkWords>;
  #buffer = '';
  #carry = '';
  #at = 0;
  #atLineStart = true;
  #headingLine = false;
  #skipping: Skipping | undefined;
  /** Between `<` and `>` around an address. */
  #inAutolink = false;
  #previous = '';
  #parts: CleanPart[] = [];

  constructor(language: LanguageTag) {
    this.#words = linkWords(language);
  }

  push(delta: string): CleanPart[] {
    const source = this.#carry + delta;
    // Half a character cannot be judged yet.
    const whole = /[\ud800-\udbff]$/u.test(source) ? source.length - 1 : source.length;
    this.#carry = source.slice(whole);
    this.#buffer += source.slice(0, whole);
    return this.#run(false);
  }

  /**
   * The known continuation of the text while a possible address is held back: a space and a capital letter. It shows,
   * one token early, that a sentence is over. Empty if unknown, or if an address would be dropped without replacement.
   */
  get ahead(): string {
    const [first = ''] = this.#buffer;
    if (this.#skipping || this.#atLineStart || this.#words.link === '' || !/^[A-Z]/u.test(first)) return '';
    const ahead = this.#text.with(first);
    return ahead === ` ${first}` ? ahead : '';
  }

  /** The end of the reply; hidden or half-written text is dropped. */
  flush(): CleanPart[] {
    this.#buffer += this.#carry;
    this.#carry = '';
    const parts = this.#run(true);
    this.#buffer = '';
    return parts;
  }

  #run(final: boolean): CleanPart[] {
    this.#at = 0;
    while (this.#at < this.#buffer.length && this.#step(final));
    this.#buffer = this.#buffer.slice(this.#at);
    this.#takeText();
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  /** Consumes one construct; false when it needs more of the source. */
  #step(final: boolean): boolean {
    if (this.#skipping) {
      const { length, ended } = this.#skipping.skip(this.#buffer, this.#at, final);
      this.#at += length;
      if (ended) this.#skipping = undefined;
      return ended;
    }
    if (this.#atLineStart) return this.#lineStart(final);
    return this.#inline(final);
  }

  #lineStart(final: boolean): boolean {
    const start = readLineStart(this.#buffer, this.#at, final);
    switch (start.kind) {
      case 'more':
        return false;
      case 'text':
        this.#atLineStart = false;
        return true;
      case 'heading':
        this.#headingLine = true;
        this.#atLineStart = false;
        break;
      case 'numbered':
        this.#text.separate('sentence');
        this.#text.word(start.number);
        this.#text.separate('clause');
        this.#atLineStart = false;
        break;
      case 'row':
        this.#text.separate('sentence');
        this.#atLineStart = false;
        break;
      case 'bullet':
      case 'rule':
        this.#text.separate('sentence');
        break;
      case 'skip':
        break;
    }
    if (start.kind === 'heading') this.#text.separate('sentence');
    this.#at += start.length;
    return true;
  }

  #inline(final: boolean): boolean {
    const buffer = this.#buffer;
    const at = this.#at;
    const char = String.fromCodePoint(buffer.codePointAt(at) ?? 0);
    const lastUnit = at + char.length === buffer.length;
    switch (char) {
      case '\n':
      case '\u2028':
      case '\u2029':
        return this.#newline();
      case '<':
        return this.#tag(final);
      case '>':
        if (!this.#inAutolink) return this.#write(char);
        this.#inAutolink = false;
        return this.#drop(1);
      case '[':
      case '【':
        return this.#bracket(final);
      case ']':
        return this.#closingBracket(final);
      case '`':
      case '*':
      case '~':
      case '～':
      case '_':
      case '-':
        return this.#markRun(final);
      case '|':
        return this.#drop(1, 'clause');
      case '#':
        return this.#hash(final);
      case '!':
        if (lastUnit && !final) return false;
        if (buffer[at + 1] === '[' && this.#text.separated) return this.#drop(1);
        return this.#write(char);
      case '.':
        return this.#dots(final);
      case '&':
        return this.#entity(final);
      case ':':
      case ';':
        return this.#colon(char, final);
      case '$':
        if (lastUnit && !final) return false;
        return isDigit(buffer[at + 1] ?? '') ? this.#write(char) : this.#drop(1);
      case '\\':
        if (lastUnit && !final) return false;
        // An escaped mark is meant to be seen, so it has no sound.
        return this.#drop(/[*_`~#|[\]\\]/u.test(buffer[at + 1] ?? '') ? 2 : 1);
      default:
        return this.#other(char, final);
    }
  }

  #other(char: string, final: boolean): boolean {
    if (/[A-Za-z0-9]/u.test(char) && !/[A-Za-z0-9]/u.test(this.#previous)) {
      const run = readRun(this.#buffer, this.#at, final);
      if (run.kind === 'more') return false;
      if (run.kind === 'word') {
        const word = this.#buffer.slice(this.#at, this.#at + run.length);
        this.#text.word(word);
        this.#previous = word.slice(-1);
        this.#at += run.length;
        return true;
      }
      const word = run.kind === 'url' ? this.#words.link : this.#words.email;
      // It begins a sentence where the address did.
      this.#say(/[A-Z]/u.test(char) ? word.charAt(0).toUpperCase() + word.slice(1) : word);
      this.#skipping = ADDRESS;
      this.#previous = '';
      return true;
    }
    if (char === '\r') return this.#ignore(1);
    if (/\s/u.test(char)) return this.#drop(char.length, 'space');
    const kind = signKind(char, this.#previous);
    if (kind === 'emoji') return this.#emoji(char);
    if (kind === 'invisible') return this.#ignore(char.length);
    return kind === 'silent' ? this.#drop(char.length, 'space') : this.#write(char);
  }

  #newline(): boolean {
    const blank = this.#previous === '\n';
    this.#text.separate(this.#headingLine || blank ? 'sentence' : 'line');
    this.#headingLine = false;
    this.#atLineStart = true;
    this.#previous = '\n';
    this.#at += 1;
    return true;
  }

  #tag(final: boolean): boolean {
    const tag = readTag(this.#buffer, this.#at, final);
    if (tag.kind === 'more') return false;
    if (tag.kind === 'text') return this.#write('<');
    if (tag.kind === 'address') {
      this.#inAutolink = true;
      return this.#drop(tag.length);
    }
    if (tag.kind === 'tag') return this.#drop(tag.length, tag.breaksLine ? 'line' : 'none');
    this.#skipping = HiddenText.element(tag.name);
    return this.#drop(tag.length, 'sentence');
  }

  #bracket(final: boolean): boolean {
    const bracket = readBracket(this.#buffer, this.#at, final);
    if (bracket.kind === 'more') return false;
    if (bracket.kind === 'note') {
      if (bracket.linked) this.#skipping = new LinkTarget();
      return this.#drop(bracket.length);
    }
    const emotion = bracket.kind === 'tag' ? emotionOfTag(bracket.name) : undefined;
    // The text inside other brackets is spoken.
    if (bracket.kind === 'open' || !emotion) return this.#drop(1);
    this.#feel(emotion);
    return this.#drop(bracket.length);
  }

  #closingBracket(final: boolean): boolean {
    if (this.#at + 1 === this.#buffer.length && !final) return false;
    if (this.#buffer[this.#at + 1] === '(') this.#skipping = new LinkTarget();
    return this.#drop(1);
  }

  /** Runs of one mark: fences, emphasis, dashes. */
  #markRun(final: boolean): boolean {
    const run = readMarkRun(this.#buffer, this.#at);
    if (run.following === '' && !final) return this.#keepOfRun(run.length);
    const meaning = meaningOfRun(run, this.#text, final);
    if (meaning.kind === 'more') return false;
    if (meaning.kind === 'char') return this.#replace(run.length, meaning.char);
    if (meaning.kind === 'drop') return this.#drop(run.length, meaning.gap);
    this.#skipping = HiddenText.fence(meaning.mark);
    return this.#drop(run.length, 'sentence');
  }

  /** A run that may go on is held back, up to the length that matters. */
  #keepOfRun(length: number): false {
    this.#at += Math.max(0, length - LONGEST_MARK);
    return false;
  }

  #hash(final: boolean): boolean {
    if (this.#at + 1 === this.#buffer.length && !final) return false;
    const keep =
      !this.#text.separated &&
      /[A-Za-z]/u.test(this.#text.last) &&
      !isWordPart(this.#buffer[this.#at + 1] ?? '') &&
      this.#buffer[this.#at + 1] !== '#';
    return keep ? this.#write('#') : this.#drop(1);
  }

  #dots(final: boolean): boolean {
    const { length, following } = readMarkRun(this.#buffer, this.#at);
    if (following === '' && !final) return this.#keepOfRun(length);
    if (length > 1) return this.#replace(length, '…');
    // A lone stop closes up to its sentence; ".5" does not.
    if (this.#text.separated && this.#text.last !== '' && !isWordPart(following[0] ?? '')) this.#text.closeUp();
    return this.#write('.');
  }

  #entity(final: boolean): boolean {
    const entity = readEntity(this.#buffer, this.#at, final);
    if (entity === 'more') return false;
    if (!entity) return this.#write('&');
    return entity.char === ' ' ? this.#drop(entity.length, 'space') : this.#replace(entity.length, entity.char);
  }

  #colon(char: string, final: boolean): boolean {
    if (this.#text.separated) {
      const emoticon = readEmoticon(this.#buffer, this.#at, final);
      if (emoticon === 'more') return false;
      if (emoticon) {
        this.#feel(emoticon.emotion);
        return this.#drop(emoticon.length, 'space');
      }
    }
    // An address whose beginning was not recognised.
    if (char === ':' && !final && /^:\/?$/u.test(this.#buffer.slice(this.#at, this.#at + 3))) return false;
    if (this.#buffer.startsWith('://', this.#at)) {
      this.#skipping = ADDRESS;
      this.#say(this.#words.link);
      return true;
    }
    return this.#write(char);
  }

  #emoji(char: string): boolean {
    const emotion = emotionOfEmoji(char);
    if (emotion) this.#feel(emotion);
    this.#at += char.length;
    this.#previous = '';
    this.#text.separate('space');
    return true;
  }

  /** A word that stands for something else. */
  #say(word: string): void {
    if (word === '') return;
    if (!isCjk(word)) this.#text.separate('space');
    this.#text.word(word);
    if (!isCjk(word)) this.#text.separate('space');
  }

  #feel(emotion: Emotion): void {
    this.#takeText();
    this.#parts.push({ type: 'emotion', emotion });
  }

  #takeText(): void {
    const text = this.#text.take();
    if (text !== '') this.#parts.push({ type: 'text', text });
  }

  #write(char: string): true {
    return this.#replace(char.length, char);
  }

  #replace(length: number, char: string): true {
    this.#text.char(char);
    this.#previous = char;
    this.#at += length;
    return true;
  }

  #ignore(length: number): true {
    this.#at += length;
    return true;
  }

  #drop(length: number, gap: Gap = 'none'): true {
    this.#text.separate(gap);
    this.#previous = '';
    this.#at += length;
    return true;
  }
}

/** A whole text at once, without its emotions. */
export function speakable(text: string, language: LanguageTag): string {
  const cleaner = new SpeechCleaner(language);
  return [...cleaner.push(text), ...cleaner.flush()].map((part) => (part.type === 'text' ? part.text : '')).join('');
}
