/** Longer than any word, number or name that is to be spoken. */
const MAX_TOKEN_CHARS = 40;
const LONG_TOKEN = new RegExp(`([A-Za-z0-9]{${MAX_TOKEN_CHARS}})[A-Za-z0-9]+`, 'gu');

/**
 * Cuts runs of letters or digits that are no word. A voice spells them out: 400 letters are two minutes of speech, for which it
 * would keep its process busy for seconds (flite's time even grows with the square of the length).
 */
export function cutLongTokens(text: string): string {
  return text.replace(LONG_TOKEN, '$1');
}
