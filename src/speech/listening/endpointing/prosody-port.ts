import type { LanguageTag } from '../../../core/index.js';

/** Whether the speech so far sounds complete. `broken_off`: it is clearly incomplete. */
export type Prosody = 'complete' | 'incomplete' | 'broken_off';

/**
 * Judges from the melody and rhythm of the speech, not from its words, whether a turn is over. The answer is one sign
 * among others.
 */
export interface ProsodyModel {
  /**
   * Prepares the model for a language, so that {@link judge} can answer soon. Returns false if the model does not
   * support the language or is not available.
   */
  prepare(language: LanguageTag): boolean;
  /**
   * Judges the turn so far. `pcm` includes the silence after the speech, 16 kHz mono. Answers within a limited time.
   * Undefined: there is no answer, for whatever reason. Rejects only with the signal's reason.
   */
  judge(pcm: Int16Array, signal: AbortSignal): Promise<Prosody | undefined>;
}
