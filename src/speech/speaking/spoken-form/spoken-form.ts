import { type LanguageTag, primarySubtag } from '../../../core/index.js';
import { chineseForm } from './chinese.js';
import { englishForm } from './english.js';

const HAN = /\p{Script=Han}/u;
const WIDE = /[。，！？、：；（）]/u;
const WORD = /[A-Za-z]+/gu;

/**
 * True if the text has at least two words and no Chinese characters. `30 min` is not English, but a number with its
 * unit.
 */
const isEnglish = (text: string): boolean => !HAN.test(text) && !WIDE.test(text) && (text.match(WORD) ?? []).length > 1;

/**
 * Converts a sentence to its spoken form: numbers, dates, times, money, units and signs become words. The language is
 * that of the device, except that a sentence in Chinese characters is Chinese, and a sentence of Latin words only is
 * English. Text in other languages stays unchanged. The run time is proportional to the length. Pure.
 */
export function spokenForm(text: string, language: LanguageTag): string {
  switch (primarySubtag(language)) {
    case 'zh':
    case 'yue':
      return isEnglish(text) ? englishForm(text) : chineseForm(text);
    case 'en':
      return HAN.test(text) ? chineseForm(text) : englishForm(text);
    default:
      return text;
  }
}

/**
 * Does the same as {@link spokenForm} for a sentence that is still being written. Its pieces (parts of the text) must
 * not end near a number or sign, just like those of a model's reply. The spoken form of the whole sentence then begins
 * with that of its first pieces.
 */
export function spokenPieces(pieces: () => AsyncIterable<string>, language: LanguageTag): AsyncIterable<string> {
  return {
    async *[Symbol.asyncIterator]() {
      let whole = '';
      let said = '';
      for await (const piece of pieces()) {
        whole += piece;
        const words = whole.trimEnd();
        const form = spokenForm(words, language) + whole.slice(words.length);
        // If the new piece changes the form of text that was already spoken, only the new piece is converted.
        const next = form.startsWith(said) ? form.slice(said.length) : spokenForm(piece, language);
        said += next;
        yield next;
      }
    },
  };
}
