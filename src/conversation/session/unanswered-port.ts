import type { ApologyKey } from '../../core/index.js';
import { PHRASE_KEYS, phrase, type PhraseKey } from './phrases.js';

/**
 * Phrases that do not count as an excuse for a missing answer. A new phrase must either be an apology or be listed
 * here.
 */
const GO_WITH_ANSWER: Readonly<Record<Exclude<PhraseKey, ApologyKey | 'tools_stuck'>, true>> = {
  greeting: true,
  farewell: true,
  filler: true,
  one_moment: true,
  stranger: true,
};

const EXCUSES = ['en', 'zh'].flatMap((language) =>
  PHRASE_KEYS.filter((key) => !(key in GO_WITH_ANSWER)).map((key) => ({ key, text: phrase(language, key) })),
);

/**
 * Tells whether a spoken sentence replaces an answer, because the server is busy or something failed. Tests of a
 * running server must never count an apology as an answer.
 */
export function unansweredBy(sentence: string): 'busy' | 'apology' | undefined {
  // On the screen, the progress of a download may follow the sentence.
  const excuse = EXCUSES.find(({ text }) => sentence.startsWith(text));
  return excuse && (excuse.key === 'busy' ? 'busy' : 'apology');
}
