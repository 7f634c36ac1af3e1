import type { LanguageTag } from '../../../core/index.js';

export interface EndpointEvidence {
  readonly language: LanguageTag;
  /** Everything recognised of the utterance so far, all pieces in order. Empty: nothing was understood. */
  readonly transcriptSoFar: string;
  /** Of the model that wrote it, see `AsrProvider.punctuationMeansEnd`: where false, marks are ignored and the words decide. */
  readonly punctuationMeansEnd: boolean;
}

/** How long a pause has to be to end the turn. Milliseconds of silence since the last speech. */
export interface EndpointPolicy {
  /** Before anything was recognised: the `endpointSilenceMs` of a turn. */
  initialSilenceMs(language: LanguageTag): number;
  /** With a (speculative) transcript: for `ListeningStream.requireSilence`. At once when it lies below the silence so far. */
  requiredSilenceMs(evidence: EndpointEvidence): number;
}
