/** Below this a sample is silence: -44 dBFS, under the quietest consonants of the voices in the package. */
const SILENCE_PEAK = 200;
/** Kept before the first sound, so that a soft onset is not cut. */
const KEEP_MS = 20;

/**
 * Drops the silence that a voice puts before its first sound (flite: 210 ms, heard as delay at the start of every
 * reply and as a limp between chunks). Returns a view, not a copy.
 */
export function trimLeadingSilence(pcm: Int16Array, rateHz: number): Int16Array {
  const first = pcm.findIndex((sample) => Math.abs(sample) > SILENCE_PEAK);
  if (first < 0) return pcm;
  return pcm.subarray(Math.max(0, first - Math.round((rateHz * KEEP_MS) / 1000)));
}
