import type { LanguageTag } from '../../../core/index.js';
import type { Patience } from '../../../records/index.js';
import type { ListenMode } from '../listening-port.js';
import type { Prosody } from './prosody-port.js';

export interface EndpointEvidence {
  /** With push to talk (`manual`) the button ends the turn; undefined: silence does. */
  readonly mode?: ListenMode | undefined;
  readonly language: LanguageTag;
  /** All text recognised of the utterance so far, all pieces in order. Empty: nothing was understood. */
  readonly transcriptSoFar: string;
  /** See `AsrProvider.punctuationMeansEnd`, of the model that wrote the text. If false, only the words decide. */
  readonly punctuationMeansEnd: boolean;
  /** The agent's patience; undefined: the policy's own applies. */
  readonly patience?: Patience | undefined;
  /** Usual pause of this person within a sentence ({@link EndpointPolicy.ownPauseAfter}); 0: unknown. */
  readonly ownPauseMs?: number | undefined;
  /** Verdict by the sound of the voice; undefined: nobody was asked, or there was no answer. */
  readonly prosody?: Prosody | undefined;
}

/** Decides how long a pause must be to end the turn, in milliseconds since the last speech. */
export interface EndpointPolicy {
  /** Silence before anything was recognised: the `endpointSilenceMs` of a turn. Infinity: no silence ends it. */
  initialSilenceMs(speaker: Pick<EndpointEvidence, 'mode' | 'language' | 'patience' | 'ownPauseMs'>): number;
  /**
   * Takes a (speculative) transcript; the result is for `ListeningStream.requireSilence`. If it is below the silence so
   * far, the utterance ends at once. Infinity: no silence ends it.
   */
  requiredSilenceMs(evidence: EndpointEvidence): number;
  /**
   * False: no verdict on the voice changes a wait for such a speaker, so nobody needs to be asked. Absent: it may.
   */
  usesProsody?(speaker: Pick<EndpointEvidence, 'language' | 'patience'>): boolean;
  /**
   * The person's usual pause after one more observation: it rises half the way to a longer one, and fades otherwise.
   * `pauseMs`: silence within an utterance; undefined: a turn had none.
   */
  ownPauseAfter(knownMs: number, pauseMs: number | undefined): number;
}
