/** Identifies people by a service that keeps voiceprints. Errors: `voiceprint.failed`, or the signal's reason. */
export interface Voiceprints {
  /** Stores the voice of a person, replacing an earlier one. 16 kHz mono. */
  register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void>;
  /** The most similar of these persons; undefined: none of them is similar enough. */
  identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<string | undefined>;
  /** Removes the voice. Succeeds also if there is none. */
  remove(id: string, signal: AbortSignal): Promise<void>;
}
