import { type LanguageTag, primarySubtag } from '../../../core/index.js';
import { chineseForm } from './chinese.js';
import { englishForm } from './english.js';

const HAN = /\p{Script=Han}/u;
const WIDE = /[。，！？、：；（）]/u;
const WORD = /[A-Za-z]+/gu;

/** English has at least two words and no Chinese characters: `30 min` alone is a number with its unit. */
const isEnglish = (text: string): boolean => !HAN.test(text) && !WIDE.test(text) && (text.match(WORD) ?? []).length > 1;

/**
 * A sentence as it is said: numbers, dates, times, money, units and signs in words. The language of the device decides,
 * but a sentence in Chinese characters is Chinese and one of Latin words only is English. Other languages are left
 * to their voices. The time is in proportion to the length. Pure.
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
 * The same for a sentence that is still being written. Its pieces end where no number or sign is in sight, as those of
 * a model's reply do; so the form of the sentence begins with the form of its beginning.
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
        // If the new end changes how the beginning is said, only the new piece is said, because the beginning was said
        // already.
        const next = form.startsWith(said) ? form.slice(said.length) : spokenForm(piece, language);
        said += next;
        yield next;
      }
    },
  };
}
