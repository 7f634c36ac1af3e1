import { distance } from 'fastest-levenshtein';
import { simplified } from '../../../src/providers/asr/index.js';
import { chineseNumber } from '../../../src/providers/llm/offline/chinese-numbers.js';

/**
 * Edits, and characters of the reference. Both texts are compared in Simplified characters, with numbers in words and
 * without punctuation. {@link loadSimplified} must have been called.
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
