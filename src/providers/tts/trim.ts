/** Equals -44 dBFS, which is below the quietest consonants of the local voices. */
const SILENCE_PEAK = 200;
/** Silence that is kept before the first sound, so that a soft onset is not cut off. */
const KEEP_MS = 20;

/**
 * Flite starts with 210 ms of silence, which delays every reply and breaks the rhythm between chunks. Returns a view,
 * not a copy.
 */
export function trimLeadingSilence(pcm: Int16Array, rateHz: number): Int16Array {
  const first = pcm.findIndex((sample) => Math.abs(sample) > SILENCE_PEAK);
  if (first < 0) return pcm;
  return pcm.subarray(Math.max(0, first - Math.round((rateHz * KEEP_MS) / 1000)));
}

/** Words, numbers and names in speech are not longer. */
const MAX_TOKEN_CHARS = 40;
const LONG_TOKEN = new RegExp(`([A-Za-z0-9]{${MAX_TOKEN_CHARS}})[A-Za-z0-9]+`, 'gu');

/**
 * A voice would spell out long runs of letters: 400 letters are two minutes of speech. Flite's time even grows with the
 * square of the length.
 */
export function cutLongTokens(text: string): string {
  return text.replace(LONG_TOKEN, '$1');
}
