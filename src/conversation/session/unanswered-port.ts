import { PHRASE_KEYS, phrase, type PhraseKey } from './phrases.js';

/** What these are said for was answered, or is about to be. */
const NO_EXCUSES: readonly PhraseKey[] = ['greeting', 'farewell', 'filler'];

const EXCUSES = ['en', 'zh'].flatMap((language) =>
  PHRASE_KEYS.filter((key) => !NO_EXCUSES.includes(key)).map((key) => ({ key, text: phrase(language, key) })),
);

/**
 * Whether a spoken sentence says that there is no answer: the server is busy, or something failed. Whoever judges a
 * server from outside asks here, so that an apology is never taken for an answer.
 */
export function unansweredBy(sentence: string): 'busy' | 'apology' | undefined {
  // The progress of a download may follow on the screen.
  const excuse = EXCUSES.find(({ text }) => sentence.startsWith(text));
  return excuse && (excuse.key === 'busy' ? 'busy' : 'apology');
}
