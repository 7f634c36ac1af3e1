import type { LanguageTag } from '../../../core/index.js';
import type { Patience } from '../../../records/index.js';
import type { ListenMode } from '../listening-port.js';
import type { Prosody } from './prosody-port.js';

export interface EndpointEvidence {
  /** In push to talk (`manual`) the button ends the turn. Undefined: silence ends it. */
  readonly mode?: ListenMode | undefined;
  readonly language: LanguageTag;
  /** Recognised text of all pieces so far, in order. Empty: no text was recognised. */
  readonly transcriptSoFar: string;
  /** See `AsrProvider.punctuationMeansEnd` of the model that wrote the text. If false, only the words decide. */
  readonly punctuationMeansEnd: boolean;
  /** Patience of the agent. Undefined: the policy's own patience applies. */
  readonly patience?: Patience | undefined;
  /** Usual pause of this person within a sentence ({@link EndpointPolicy.ownPauseAfter}); 0: unknown. */
  readonly ownPauseMs?: number | undefined;
  /** Verdict by the sound of the voice. Undefined: no model was asked, or there was no answer. */
  readonly prosody?: Prosody | undefined;
}

/** Decides how long a pause must be to end the turn, in milliseconds since the last speech. */
export interface EndpointPolicy {
  /**
   * Silence that ends the turn before any text is recognised: the turn's `endpointSilenceMs`. Infinity: silence does
   * not end it.
   */
  initialSilenceMs(speaker: Pick<EndpointEvidence, 'mode' | 'language' | 'patience' | 'ownPauseMs'>): number;
  /**
   * Takes a (speculative) transcript and returns the silence for `ListeningStream.requireSilence`. If the result is
   * below the silence so far, the utterance ends at once. Infinity: silence does not end it.
   */
  requiredSilenceMs(evidence: EndpointEvidence): number;
  /**
   * Returns false if no verdict on the voice changes a wait for this speaker, so that no model needs to be asked. An
   * absent method means that a verdict may change a wait.
   */
  usesProsody?(speaker: Pick<EndpointEvidence, 'language' | 'patience'>): boolean;
  /**
   * Returns the person's usual pause after one more observation. A longer pause moves it half the way up; otherwise it
   * shrinks. `pauseMs` is a silence within an utterance. Undefined: a turn had no pause.
   */
  ownPauseAfter(knownMs: number, pauseMs: number | undefined): number;
}
