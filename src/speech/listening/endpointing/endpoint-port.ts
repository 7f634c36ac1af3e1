import type { LanguageTag } from '../../../core/index.js';
import type { Patience } from '../../../records/index.js';

export interface EndpointEvidence {
  readonly language: LanguageTag;
  /** All text recognised of the utterance so far, all pieces in order. Empty: nothing was understood. */
  readonly transcriptSoFar: string;
  /** Of the model that wrote the text, see `AsrProvider.punctuationMeansEnd`. If false, only the words decide. */
  readonly punctuationMeansEnd: boolean;
  /** Of the agent; without it the policy's own. */
  readonly patience?: Patience | undefined;
  /** Pauses that this person makes within a sentence ({@link EndpointPolicy.ownPauseAfter}); 0: none are known. */
  readonly ownPauseMs?: number | undefined;
}

/** Decides how long a pause must be to end the turn, in milliseconds since the last speech. */
export interface EndpointPolicy {
  /** Before anything was recognised: the `endpointSilenceMs` of a turn. */
  initialSilenceMs(speaker: Pick<EndpointEvidence, 'language' | 'patience' | 'ownPauseMs'>): number;
  /**
   * Takes a (speculative) transcript; the result is for `ListeningStream.requireSilence`. If it is below the silence so
   * far, the utterance ends at once.
   */
  requiredSilenceMs(evidence: EndpointEvidence): number;
  /**
   * What is known of a person's pauses after one more: rises half the way to a longer one, and fades otherwise.
   * `pauseMs`: silence within an utterance; undefined: a turn went by without one.
   */
  ownPauseAfter(knownMs: number, pauseMs: number | undefined): number;
}
