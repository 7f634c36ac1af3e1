import { type LanguageTag, primarySubtag } from '../../../core/index.js';
import { chineseForm } from './chinese.js';
import { englishForm } from './english.js';

const HAN = /\p{Script=Han}/u;
const WIDE = /[。，！？、：；（）]/u;
const WORD = /[A-Za-z]+/gu;

/** Needs two words, because a number with a unit, such as `30 min`, is not English. */
const isEnglish = (text: string): boolean => !HAN.test(text) && !WIDE.test(text) && (text.match(WORD) ?? []).length > 1;

/**
 * Converts numbers, dates, times, money, units and signs to words. The language is that of the device, but Chinese
 * characters make a sentence Chinese, and several Latin words without them make it English. For devices in languages
 * other than Chinese and English, the text stays unchanged.
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
 * Like {@link spokenForm}, for a sentence that is still being written. A piece must not end near a number or sign. The
 * earlier pieces then keep their spoken form when more text follows.
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
        // If a new piece changes text that was already spoken, only the new piece is converted.
        const next = form.startsWith(said) ? form.slice(said.length) : spokenForm(piece, language);
        said += next;
        yield next;
      }
    },
  };
}
