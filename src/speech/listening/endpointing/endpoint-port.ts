import type { LanguageTag } from '../../../core/index.js';
import type { Patience } from '../../../records/index.js';
import type { ListenMode } from '../listening-port.js';
import type { Prosody } from './prosody-port.js';

export interface EndpointEvidence {
  /** In `manual` mode (push to talk), the button ends the turn. If undefined, silence ends the turn. */
  readonly mode?: ListenMode | undefined;
  readonly language: LanguageTag;
  /** Recognised text of all pieces so far, in order. Empty if there is none. */
  readonly transcriptSoFar: string;
  /** See `AsrProvider.punctuationMeansEnd`. If false, only the words and a question mark at the end count. */
  readonly punctuationMeansEnd: boolean;
  /** Patience of the agent. If undefined, the policy's patience applies. */
  readonly patience?: Patience | undefined;
  /** Shortest wait, learned from the person's pauses by {@link EndpointPolicy.ownPauseAfter}. 0 if unknown. */
  readonly ownPauseMs?: number | undefined;
  /** Whether the voice sounds as if the turn is over. Undefined if no model answered. */
  readonly prosody?: Prosody | undefined;
}

/** Decides how long a pause must be to end the turn, in milliseconds since the last speech. */
export interface EndpointPolicy {
  /** Silence that ends the turn before any text is recognised. Infinity if silence does not end the turn. */
  initialSilenceMs(speaker: Pick<EndpointEvidence, 'mode' | 'language' | 'patience' | 'ownPauseMs'>): number;
  /**
   * Silence that ends the turn after the text so far, which may be speculative. If the present silence is already
   * longer, the utterance ends at once. Infinity if silence does not end the turn.
   */
  requiredSilenceMs(evidence: EndpointEvidence): number;
  /**
   * Returns false if prosody changes nothing for this speaker, so no model need be asked. A missing method means true.
   */
  usesProsody?(speaker: Pick<EndpointEvidence, 'language' | 'patience'>): boolean;
  /**
   * Returns `knownMs`, updated by one more pause within an utterance. Call it with undefined at the end of each
   * utterance, so that the value fades.
   */
  ownPauseAfter(knownMs: number, pauseMs: number | undefined): number;
}
