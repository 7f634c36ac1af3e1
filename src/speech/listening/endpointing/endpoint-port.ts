import type { LanguageTag } from '../../../core/index.js';

export interface EndpointEvidence {
  readonly language: LanguageTag;
  /** All text recognised of the utterance so far, all pieces in order. Empty: nothing was understood. */
  readonly transcriptSoFar: string;
  /** Of the model that wrote the text, see `AsrProvider.punctuationMeansEnd`. If false, only the words decide. */
  readonly punctuationMeansEnd: boolean;
}

/** Decides how long a pause must be to end the turn, in milliseconds since the last speech. */
export interface EndpointPolicy {
  /** Before anything was recognised: the `endpointSilenceMs` of a turn. */
  initialSilenceMs(language: LanguageTag): number;
  /**
   * Takes a (speculative) transcript; the result is for `ListeningStream.requireSilence`. If it is below the silence so
   * far, the utterance ends at once.
   */
  requiredSilenceMs(evidence: EndpointEvidence): number;
}
