import { primarySubtag, type LanguageTag } from '../../../core/index.js';
import { ASCII_STOPS, CLAUSE_MARKS, CLOSERS, FULL_STOPS, isCjk, isDigit } from './characters.js';

/**
 * A position at which cleaned text may be cut. `end` is the place of the cut, after closing marks. `more` means that
 * more text is needed to decide.
 */
export type Boundary =
  | { readonly kind: 'none' }
  | { readonly kind: 'more' }
  | { readonly kind: 'sentence'; readonly end: number }
  /** `weak` means an enumeration comma (、). Only a very long sentence is cut there. */
  | { readonly kind: 'clause'; readonly end: number; readonly weak: boolean };

const NONE: Boundary = { kind: 'none' };
const MORE: Boundary = { kind: 'more' };

const TITLES = new Set([
  'mr',
  'mrs',
  'ms',
  'dr',
  'prof',
  'st',
  'mt',
  'capt',
  'lt',
  'sgt',
  'rev',
  'hon',
  'gov',
  'sen',
  'vs',
  'e.g',
  'i.e',
  'cf',
  'approx',
  'hr',
  'fr',
  'sr',
  'sra',
  'bzw',
  'ca',
]);
/** Abbreviations that do not end a sentence if a number follows. */
const BEFORE_NUMBERS = new Set([
  'no',
  'nos',
  'nr',
  'vol',
  'fig',
  'figs',
  'sec',
  'ch',
  'pp',
  'p',
  'jan',
  'feb',
  'mar',
  'apr',
  'jun',
  'jul',
  'aug',
  'sep',
  'sept',
  'oct',
  'nov',
  'dec',
  'art',
]);
/** Words with full stops inside, which may also end a sentence. */
const CLOSING_DOTTED = new Set(['a.m', 'p.m']);
/** Languages in which a number with a full stop is an ordinal ("3. Oktober"). */
const ORDINAL_STOP = new Set([
  'de',
  'da',
  'no',
  'nb',
  'nn',
  'fi',
  'cs',
  'sk',
  'hu',
  'et',
  'lv',
  'sl',
  'hr',
  'sr',
  'tr',
  'is',
]);
const MAX_ABBREVIATION_CHARS = 12;
/** A longer run of closing marks is hostile text. The text may then be cut before the end of the run. */
const MAX_CLOSERS = 32;

export class Boundaries {
  readonly #ordinalStop: boolean;

  constructor(language: LanguageTag) {
    this.#ordinalStop = ORDINAL_STOP.has(primarySubtag(language));
  }

  at(text: string, at: number, final: boolean): Boundary {
    const char = text[at] ?? '';
    if (FULL_STOPS.includes(char)) return after(text, at, final, (end) => ({ kind: 'sentence', end }));
    if (ASCII_STOPS.includes(char)) return this.#asciiStop(text, at, final);
    if (CLAUSE_MARKS.includes(char)) return clause(text, at, char, final);
    return NONE;
  }

  #asciiStop(text: string, at: number, final: boolean): Boundary {
    return after(text, at, final, (end) => {
      const next = text[end] ?? '';
      if (next === '') return { kind: 'sentence', end };
      if (next !== ' ') {
        const stop = isCjk(next) || (text[at] !== '.' && /\p{Lu}/u.test(next));
        return stop && !isDigit(next) ? { kind: 'sentence', end } : NONE;
      }
      const begins = text.slice(end + 1, end + 3);
      if (begins === '') return final ? { kind: 'sentence', end } : MORE;
      if (/^\p{Ll}/u.test(begins)) return NONE;
      if (text[at] === '.' && this.#abbreviates(text, at, begins)) return NONE;
      return { kind: 'sentence', end };
    });
  }

  #abbreviates(text: string, at: number, begins: string): boolean {
    const before = text.slice(Math.max(0, at - MAX_ABBREVIATION_CHARS), at);
    const word = before.slice(before.search(/[\p{L}\p{N}.]*$/u));
    const lower = word.toLowerCase();
    if (TITLES.has(lower)) return true;
    if (BEFORE_NUMBERS.has(lower) && /^\d/u.test(begins)) return true;
    if (/^\p{Lu}$/u.test(word) && word !== 'I') return true;
    if (/^(?:\p{L}\.)+\p{L}$/u.test(word) && !CLOSING_DOTTED.has(lower)) return true;
    if (/^\d{1,3}$/u.test(word)) return this.#ordinalStop || text.slice(0, at).trim() === word;
    return false;
  }
}

/**
 * Calls `decide` with the position after a stop and its closing marks. Returns `more` if the text ends there and is not
 * final.
 */
function after(text: string, at: number, final: boolean, decide: (end: number) => Boundary): Boundary {
  let end = at + 1;
  const limit = Math.min(text.length, at + MAX_CLOSERS);
  while (
    end < limit &&
    (CLOSERS.includes(text[end] ?? ' ') || FULL_STOPS.includes(text[end] ?? ' ') || '!?…'.includes(text[end] ?? ' '))
  )
    end += 1;
  if (end === text.length && !final) return MORE;
  return decide(end);
}

function clause(text: string, at: number, mark: string, final: boolean): Boundary {
  return after(text, at, final, (end) => {
    const next = text[end] ?? ' ';
    // A comma, semicolon or colon inside a word ends no clause, as in "1,000", "10:30" or "a:b".
    if (',;:'.includes(mark) && next !== ' ' && !isCjk(next)) return NONE;
    return { kind: 'clause', end, weak: mark === '、' };
  });
}
