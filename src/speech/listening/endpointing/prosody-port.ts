import type { LanguageTag } from '../../../core/index.js';

/** Whether the speech so far sounds complete. `broken_off` means clearly incomplete. */
export type Prosody = 'complete' | 'incomplete' | 'broken_off';

/** Judges from melody and rhythm, not from words, whether a turn is over. */
export interface ProsodyModel {
  /**
   * Prepares the model for a language, so that {@link judge} can answer soon. Returns false if the model does not
   * support the language or is not available.
   */
  prepare(language: LanguageTag): boolean;
  /**
   * `pcm` is 16 kHz mono and includes the silence after the speech. Returns undefined if there is no answer, or if the
   * answer comes too late. Rejects only with the signal's reason.
   */
  judge(pcm: Int16Array, signal: AbortSignal): Promise<Prosody | undefined>;
}
