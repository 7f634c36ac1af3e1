import { spokenUnits } from '../../../audio/index.js';
import { isCjk, isWord } from './characters.js';

/**
 * Text that is spoken as it is written. The spoken form of other characters, such as digits, is known only once the
 * sentence is complete.
 */
const PLAIN = /^[\p{L}\p{M}\s,，。！？、；：;"“”‘’']*/u;
/**
 * How many characters are held back at the end, because the next character may make them part of a number or name, as
 * in `May 5`.
 */
const HELD_BACK = 2;
/** Shortest part that is given out, in spoken units: two Chinese characters or eight letters. */
const MIN_UNITS = 8;

/**
 * Returns the end of the next part of an unfinished sentence. It is between two words, and before the first character
 * that may not be spoken as written. `given`: the end of the previous part, which is returned if no further part can be
 * spoken yet. `scanned`: the position up to which the sentence is known to continue.
 */
export function pieceEnd(text: string, given: number, scanned: number): number {
  const plain = PLAIN.exec(text)?.[0].length ?? 0;
  let end = Math.min(scanned, plain, text.length - HELD_BACK);
  while (end > given && !isBetweenWords(text, end)) end -= 1;
  const piece = text.slice(given, Math.max(given, end));
  return isWord(piece) && spokenUnits(piece) >= MIN_UNITS ? end : given;
}

function isBetweenWords(text: string, at: number): boolean {
  const before = text[at - 1] ?? '';
  return /\s/u.test(before) || (isCjk(before) && !'“‘'.includes(before));
}
