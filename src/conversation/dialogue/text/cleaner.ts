import type { LanguageTag } from '../../../core/index.js';
import type { Emotion } from '../../../device/protocol/index.js';
import { readLineStart } from './blocks.js';
import { FULL_STOPS, isCjk, isDigit, isWordPart } from './characters.js';
import { emotionOfEmoji, emotionOfTag } from './emotion.js';
import { readAside, readFace } from './faces.js';
import { readCommand, readPower, type Formula } from './formula.js';
import { HiddenText, readTag } from './hidden.js';
import { LinkTarget, readBracket, readRun, skipAddress } from './inline.js';
import { linkWords } from './link-words.js';
import { LONGEST_MARK, meaningOfRun, readMarkRun } from './mark-run.js';
import { readEntity, signKind } from './signs.js';
import { type Gap, SpacedText } from './spacing.js';

export type CleanPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'emotion'; readonly emotion: Emotion };

interface Skipping {
  skip(buffer: string, at: number, final: boolean): { readonly length: number; readonly ended: boolean };
}

/**
 * Turns a language model's text into speakable text, without markup, reasoning, code, addresses or emoji. The result
 * does not depend on how the text was cut into deltas. At most a few hundred characters are held back.
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
  /** True inside the `<` and `>` around an address. */
  #inAutolink = false;
  #previous = '';
  readonly #parts: CleanPart[] = [];

  constructor(private readonly language: LanguageTag) {
    this.#words = linkWords(language);
  }

  push(delta: string): CleanPart[] {
    const source = this.#carry + delta;
    // Half a character, a lone surrogate, is kept until the other half comes.
    const whole = /[\ud800-\udbff]$/u.test(source) ? source.length - 1 : source.length;
    this.#carry = source.slice(whole);
    this.#buffer += source.slice(0, whole);
    return this.#run(false);
  }

  /**
   * Text that may be an address is held back. If its first letter is a capital that will certainly be spoken, returns a
   * space and this letter. The chunker then knows one token earlier that the previous sentence is over.
   */
  get ahead(): string {
    const [first = ''] = this.#buffer;
    if (this.#skipping || this.#words.link === '' || !/[A-Z]/u.test(first)) return '';
    if (readFace(this.#buffer, 0, false)) return '';
    const ahead = this.#text.with(first);
    return ahead === ` ${first}` ? ahead : '';
  }

  /** Ends the text. A hidden element or code block that is still open is dropped. */
  flush(): CleanPart[] {
    return this.#run(true);
  }

  #run(final: boolean): CleanPart[] {
    this.#at = 0;
    while (this.#at < this.#buffer.length && this.#step(final));
    this.#buffer = this.#buffer.slice(this.#at);
    this.#takeText();
    return this.#parts.splice(0);
  }

  /** Returns false if more text is needed. */
  #step(final: boolean): boolean {
    if (this.#skipping) {
      const { length, ended } = this.#skipping.skip(this.#buffer, this.#at, final);
      this.#at += length;
      if (ended) this.#skipping = undefined;
      return ended;
    }
    if (this.#atLineStart) return this.#lineStart(final);
    const face = this.#text.separated ? readFace(this.#buffer, this.#at, final) : undefined;
    if (face) return face !== 'more' && this.#show(face.length, face.emotion);
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
        this.#text.separate('sentence');
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
      case 'bullet':
        this.#text.separate('sentence');
        this.#atLineStart = start.kind !== 'row';
        break;
      case 'skip':
        break;
    }
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
      case '(':
      case '（':
        return this.#bracket(char, final);
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
        return this.#colon(final);
      case '$':
        if (lastUnit && !final) return false;
        return isDigit(buffer[at + 1] ?? '') ? this.#write(char) : this.#drop(1);
      case '^':
      case '²':
      case '³':
        return this.#power(char, final);
      case '\\':
        return this.#backslash(final);
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
      // A capital letter means that the address begins a sentence. The replacement then begins with a capital, too.
      this.#say(/[A-Z]/u.test(char) ? word.charAt(0).toUpperCase() + word.slice(1) : word);
      this.#skipping = { skip: skipAddress };
      this.#previous = '';
      return true;
    }
    if (/\s/u.test(char)) return this.#drop(char.length, 'space');
    const kind = signKind(char, this.#previous);
    if (kind === 'emoji') return this.#show(char.length, emotionOfEmoji(char), 'space');
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

  #backslash(final: boolean): boolean {
    const next = this.#buffer[this.#at + 1];
    if (next === undefined && !final) return false;
    const command = readCommand(this.#buffer, this.#at, this.language, final);
    if (command) return this.#formula(command);
    // An escaped mark is meant to be seen, not heard.
    return this.#drop(/[*_`~#|\\]/u.test(next ?? '') ? 2 : 1);
  }

  #power(char: string, final: boolean): boolean {
    const behind = !this.#text.separated && (isWordPart(this.#text.last) || this.#text.last === ')');
    const power = behind ? readPower(this.#buffer, this.#at, this.language, final) : undefined;
    if (power) return this.#formula(power);
    return char === '^' ? this.#drop(1, 'space') : this.#write(char);
  }

  /** The spoken form may contain more formulas, so it replaces the formula in the buffer. */
  #formula(formula: Exclude<Formula, undefined>): boolean {
    if (formula === 'more') return false;
    const { length, spoken } = formula;
    this.#buffer = this.#buffer.slice(0, this.#at) + spoken + this.#buffer.slice(this.#at + length);
    return true;
  }

  /** Returns undefined if no stage direction or face begins here. */
  #aside(final: boolean): boolean | undefined {
    const { last, separated } = this.#text;
    const sentenceStart = FULL_STOPS.includes(last) || (separated && /[.!?…:：”’"]/u.test(last));
    const aside = readAside(this.#buffer, this.#at, sentenceStart, final);
    if (aside.kind === 'none') return undefined;
    return aside.kind === 'aside' && this.#show(aside.length, aside.emotion);
  }

  #bracket(char: string, final: boolean): boolean {
    const aside = this.#aside(final);
    if (aside !== undefined) return aside;
    if (char === '(' || char === '（') return this.#write(char);
    const bracket = readBracket(this.#buffer, this.#at, final);
    if (bracket.kind === 'more') return false;
    if (bracket.kind === 'note') {
      if (bracket.linked) this.#skipping = new LinkTarget();
      return this.#drop(bracket.length);
    }
    if (bracket.kind === 'tag') {
      const emotion = emotionOfTag(bracket.name);
      if (emotion) return this.#show(bracket.length, emotion);
    }
    return this.#drop(1);
  }

  #show(length: number, emotion: Emotion | undefined, gap?: Gap): true {
    if (emotion) this.#feel(emotion);
    return this.#drop(length, gap);
  }

  #closingBracket(final: boolean): boolean {
    if (this.#at + 1 === this.#buffer.length && !final) return false;
    if (this.#buffer[this.#at + 1] === '(') this.#skipping = new LinkTarget();
    return this.#drop(1);
  }

  #markRun(final: boolean): boolean {
    const run = readMarkRun(this.#buffer, this.#at);
    if (run.following === '' && !final) return this.#keepOfRun(run.length);
    const aside = run.mark === '*' ? this.#aside(final) : undefined;
    if (aside !== undefined) return aside;
    const meaning = meaningOfRun(run, this.#text, final);
    if (meaning.kind === 'more') return false;
    if (meaning.kind === 'char') return this.#replace(run.length, meaning.char);
    if (meaning.kind === 'drop') return this.#drop(run.length, meaning.gap);
    this.#skipping = HiddenText.fence(meaning.mark);
    return this.#drop(run.length, 'sentence');
  }

  #keepOfRun(length: number): false {
    this.#at += Math.max(0, length - LONGEST_MARK);
    return false;
  }

  #hash(final: boolean): boolean {
    if (this.#at + 1 === this.#buffer.length && !final) return false;
    const next = this.#buffer[this.#at + 1] ?? '';
    const keep = !this.#text.separated && /[A-Za-z]/u.test(this.#text.last) && !/[A-Za-z0-9#]/u.test(next);
    return keep ? this.#write('#') : this.#drop(1);
  }

  #dots(final: boolean): boolean {
    const { length, following } = readMarkRun(this.#buffer, this.#at);
    if (following === '' && !final) return this.#keepOfRun(length);
    if (length > 1) return this.#replace(length, '…');
    // The space before a full stop is removed, but not before ".5".
    if (!isWordPart(following[0] ?? '')) this.#text.closeUp();
    return this.#write('.');
  }

  #entity(final: boolean): boolean {
    const entity = readEntity(this.#buffer, this.#at, final);
    if (entity === 'more') return false;
    if (!entity) return this.#write('&');
    return entity.char === ' ' ? this.#drop(entity.length, 'space') : this.#replace(entity.length, entity.char);
  }

  #colon(final: boolean): boolean {
    // The text before `:` may be an address whose beginning was not recognised.
    if (!final && /^:\/?$/u.test(this.#buffer.slice(this.#at, this.#at + 3))) return false;
    if (this.#buffer.startsWith('://', this.#at)) {
      this.#skipping = { skip: skipAddress };
      this.#say(this.#words.link);
      return true;
    }
    return this.#write(':');
  }

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
