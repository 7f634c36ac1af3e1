/** A sample of at most this is silence: -44 dBFS, under the quietest consonants of the voices in the package. */
const SILENCE_PEAK = 200;
/** Silence that is kept before the first sound, so that a soft onset is not cut. */
const KEEP_MS = 20;

/**
 * Drops the silence that a voice puts before its first sound. Flite puts 210 ms, which delays every reply and breaks
 * the rhythm between chunks. Returns a view, not a copy.
 */
export function trimLeadingSilence(pcm: Int16Array, rateHz: number): Int16Array {
  const first = pcm.findIndex((sample) => Math.abs(sample) > SILENCE_PEAK);
  if (first < 0) return pcm;
  return pcm.subarray(Math.max(0, first - Math.round((rateHz * KEEP_MS) / 1000)));
}

/** No word, number or name that is to be spoken is longer. */
const MAX_TOKEN_CHARS = 40;
const LONG_TOKEN = new RegExp(`([A-Za-z0-9]{${MAX_TOKEN_CHARS}})[A-Za-z0-9]+`, 'gu');

/**
 * Cuts runs of letters or digits that are no word. A voice spells them out: 400 letters are two minutes of speech, for
 * which it would keep its process busy for seconds (flite's time even grows with the square of the length).
 */
export function cutLongTokens(text: string): string {
  return text.replace(LONG_TOKEN, '$1');
}
