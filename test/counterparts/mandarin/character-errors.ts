import { distance } from 'fastest-levenshtein';
import { simplified } from '../../../src/providers/asr/index.js';
import { chineseNumber } from '../../../src/providers/llm/offline/chinese-numbers.js';

/**
 * Number of wrong characters, and number of characters in the reference. Both texts are compared in simplified
 * characters, with numbers in words and without punctuation. Call {@link loadSimplified} first.
 */
export function characterErrors(said: string, heard: string): { readonly errors: number; readonly characters: number } {
  const reference = plain(said);
  return { errors: distance(reference, plain(heard)), characters: reference.length };
}

function plain(text: string): string {
  return simplified(text)
    .toLowerCase()
    .replace(/\d+/g, (digits) => chineseNumber(Number(digits)))
    .replace(/[^\p{L}\p{N}]/gu, '');
}
