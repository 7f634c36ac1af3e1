/** Identifies people by a service that keeps voiceprints. Errors: `voiceprint.failed`, or the signal's reason. */
export interface Voiceprints {
  /** Keeps the voice of a person, in place of one that is kept for that id. 16 kHz mono. */
  register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void>;
  /** The most similar of these persons; undefined: none of them is similar enough. */
  identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<string | undefined>;
  /** Removes the voice. It is no error if there is none. */
  remove(id: string, signal: AbortSignal): Promise<void>;
}
