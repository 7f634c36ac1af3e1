/**
 * Keeps voiceprints and identifies people. Methods reject with `voiceprint.failed` or the signal's reason. Voiceprints
 * that this server makes also reject with `engine.*`, `model.*`, `capacity.*` or `store.*`.
 */
export interface Voiceprints {
  /** Replaces an earlier voice of the person. `pcm` is 16 kHz mono. */
  register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void>;
  /** The id with the most similar voice. Undefined if no voice is similar enough. */
  identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<string | undefined>;
  /** Succeeds even if no voice is stored. */
  remove(id: string, signal: AbortSignal): Promise<void>;
}
