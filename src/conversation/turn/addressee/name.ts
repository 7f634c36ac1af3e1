import { editDistances } from '../../../core/index.js';
import { lettersOf } from '../../dialogue/text/characters.js';

/** A wake word may contain one recognition error per 8 letters or 4 Chinese characters: 你好小志 counts as 你好小智. */
const LETTERS_FOR_ERROR = 8;
const HAN_FOR_ERROR = 4;

export function callsByName(text: string, wakeWords: readonly string[]): boolean {
  const said = Array.from(lettersOf(text));
  return wakeWords.some((word) => {
    const name = Array.from(lettersOf(word));
    const most = Math.floor(name.length / (/\p{Script=Han}/u.test(word) ? HAN_FOR_ERROR : LETTERS_FOR_ERROR));
    return name.length > 0 && Math.min(...editDistances(name, said, { anywhere: true })) <= most;
  });
}
