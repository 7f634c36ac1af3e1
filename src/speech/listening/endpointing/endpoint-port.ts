import type { LanguageTag } from '../../../core/index.js';
import type { Patience } from '../../../records/index.js';
import type { ListenMode } from '../listening-port.js';
import type { Prosody } from './prosody-port.js';

export interface EndpointEvidence {
  /** In push to talk (`manual`), the button ends the turn. Undefined: silence ends it. */
  readonly mode?: ListenMode | undefined;
  readonly language: LanguageTag;
  /** Recognised text of all pieces so far, in order. Empty: no text was recognised. */
  readonly transcriptSoFar: string;
  /**
   * `AsrProvider.punctuationMeansEnd` of the model that wrote the text. If false, the decision depends only on the
   * words.
   */
  readonly punctuationMeansEnd: boolean;
  /** How patient the agent is. Undefined: the patience of the policy applies. */
  readonly patience?: Patience | undefined;
  /** The person's usual pause within a sentence ({@link EndpointPolicy.ownPauseAfter}). 0: unknown. */
  readonly ownPauseMs?: number | undefined;
  /** Whether the voice sounds as if the turn is over. Undefined: no model was asked, or there was no answer. */
  readonly prosody?: Prosody | undefined;
}

/** Decides how long a pause must be to end the turn, in milliseconds since the last speech. */
export interface EndpointPolicy {
  /**
   * Silence that ends the turn before any text is recognised; used as the turn's `endpointSilenceMs`. Infinity: silence
   * does not end the turn.
   */
  initialSilenceMs(speaker: Pick<EndpointEvidence, 'mode' | 'language' | 'patience' | 'ownPauseMs'>): number;
  /**
   * Takes the text so far, which may be speculative, and returns the silence for `ListeningStream.requireSilence`. If
   * the present silence is already longer, the utterance ends at once. Infinity: silence does not end it.
   */
  requiredSilenceMs(evidence: EndpointEvidence): number;
  /**
   * Returns false if the sound of the voice can change no wait for this speaker, so that no model needs to be asked. If
   * the method is absent, it may change a wait.
   */
  usesProsody?(speaker: Pick<EndpointEvidence, 'language' | 'patience'>): boolean;
  /**
   * Returns the person's usual pause after one more observation. A longer pause moves the usual pause half the way up;
   * a shorter one makes it shrink. `pauseMs` is a silence within an utterance. Undefined: a turn had no pause.
   */
  ownPauseAfter(knownMs: number, pauseMs: number | undefined): number;
}
