/**
 * A service that keeps voiceprints and identifies people by them. Errors: `voiceprint.failed`, or the signal's reason.
 */
export interface Voiceprints {
  /** Stores the voice of a person. It replaces an earlier voice. `pcm`: 16 kHz mono. */
  register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void>;
  /** The id among `ids` whose voice is most similar. Undefined: none is similar enough. */
  identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<string | undefined>;
  /** Removes the voice of a person. Succeeds even if none is stored. */
  remove(id: string, signal: AbortSignal): Promise<void>;
}
