import type { LanguageTag } from '../../../core/index.js';

/** Verdict on whether the speech so far sounds complete. `broken_off`: clearly incomplete. */
export type Prosody = 'complete' | 'incomplete' | 'broken_off';

/** Judges by melody and rhythm of the speech, not by its words, whether a turn is over: one sign among others. */
export interface ProsodyModel {
  /**
   * False: it can say nothing about this language, or is not there. Prepares it otherwise, so that it is ready when it
   * is asked.
   */
  prepare(language: LanguageTag): boolean;
  /**
   * `pcm`: the turn so far with the silence behind it, 16 kHz mono. Undefined: no answer, for whatever reason. Answers
   * within a bounded time. Rejects only with the signal's reason.
   */
  judge(pcm: Int16Array, signal: AbortSignal): Promise<Prosody | undefined>;
}
