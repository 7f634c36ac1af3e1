import type { TestUtterance } from './utterance-set.js';
import type { VirtualSetup } from './virtual-device.js';

/** This many samples locate a piece in its utterance. They are unique, because every pause has different noise. */
const SOUGHT = 64;

/**
 * Replaces the recogniser for a language whose recognition model is not installed here. The text of a piece of sound
 * has the words of the transcript whose middle is in the piece. It has no punctuation.
 */
export function withKnownWords({
  language,
  pcm: whole,
  words,
}: Pick<TestUtterance, 'language' | 'pcm' | 'words'>): Pick<VirtualSetup, 'language' | 'marks' | 'recognise'> {
  return {
    language,
    marks: false,
    recognise: async (pcm) => {
      const fromMs = placeOf(pcm, whole) / 16;
      const toMs = fromMs + pcm.length / 16;
      return words
        .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
        .map(({ text }) => text)
        .join('');
    },
  };
}

/** Returns the sample at which a piece begins. It is negative if the piece begins before the utterance. */
function placeOf(piece: Int16Array, whole: Int16Array): number {
  const from = Math.floor(piece.length / 2);
  const sought = piece.subarray(from, from + SOUGHT);
  for (let at = 0; at + sought.length <= whole.length; at++)
    if (sought.every((value, i) => value === whole[at + i])) return at - from;
  throw new Error('a piece that is not of its utterance');
}
