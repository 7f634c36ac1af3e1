import { phrase, spokenPhrases } from '../src/conversation/session/index.js';

/** The servers of the benches speak English. After a filler the answer comes. */
const LANGUAGE = 'en-US';
const APOLOGIES: ReadonlySet<string> = new Set(
  spokenPhrases(LANGUAGE).filter((text) => text !== phrase(LANGUAGE, 'filler')),
);

/** Whether a turn was ended by what Chorus says of itself: heard to its end, and no answer. */
export function isApology(firstSentence: string | undefined): boolean {
  return firstSentence !== undefined && APOLOGIES.has(firstSentence);
}
