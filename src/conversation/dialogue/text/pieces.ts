import { spokenUnits } from '../../../audio/index.js';
import { isCjk, isWord } from './characters.js';

/** Text that is spoken as written. The reading of other characters, such as digits, depends on the whole sentence. */
const PLAIN = /^[\p{L}\p{M}\s,，。！？、；：;"“”‘’']*/u;
/** The last characters are not given out yet, because the next ones may continue a number or a name, as in `May 5`. */
const HELD_BACK = 2;
/** Two Chinese characters or eight letters, in spoken units. */
const MIN_UNITS = 8;

/**
 * Returns the end of the next fragment of an unfinished sentence, between two words. Returns `given`, the end of the
 * previous fragment, if no fragment can be spoken yet. The sentence is known to continue up to `scanned`.
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
