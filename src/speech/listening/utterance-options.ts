import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';

/**
 * Silence after which a piece is sent for speculative decoding. Four windows of the detector instead of eight make each
 * answer 128 ms faster. The speculation budget limits the waste.
 */
export const PIECE_SILENCE_MS = 128;
/**
 * The same where the answer begins early. At 40 devices the first sound is 76 ms earlier than with 128 ms, and 20 % of
 * the recognition time is wasted in place of 10 % (docs/capacity.md).
 */
export const EARLY_PIECE_SILENCE_MS = 64;

/** Rules that cut speech into utterances. All times are milliseconds of received audio. */
export interface UtteranceOptions {
  /** Minimum probability of a window with speech (Silero's own default). */
  readonly threshold: number;
  /** Speech stops below this probability (Silero: threshold - 0.15). */
  readonly negThreshold: number;
  /** Shortest speech that begins an utterance. Shorter sounds are clicks or coughs. */
  readonly minSpeechMs: number;
  /** Shortest speech that continues an utterance after a pause. */
  readonly minResumeMs: number;
  /**
   * Audio before the first detected speech that is added to a piece. Soft onsets are detected one or two windows (32 ms
   * each) late. A longer pre-roll would waste recognition time.
   */
  readonly preRollMs: number;
  /** Silence after which a piece is sent for speculative decoding. A {@link ListeningTurn} may name another one. */
  readonly pieceSilenceMs: number;
  /**
   * A piece with more speech than this becomes final when speech goes on after a pause of `commitSilenceMs`. The decode
   * at the pause is then not wasted, and the decode at the end is short.
   */
  readonly commitAfterMs: number;
  /** Shortest pause that allows a cut. A shorter pause may be inside a phrase, where a cut causes word errors. */
  readonly commitSilenceMs: number;
  /**
   * A piece with more speech than this (and than `commitAfterMs`) becomes final at any pause. A decode cannot be
   * stopped and should not occupy a slot for more than 400 ms (docs/adr/0015-scheduling-order.md). 400 ms is the cost
   * of 4.8 s of speech, at 35 ms plus 76 ms per second (docs/adr/0013-cost-model.md). Without the cut, speech that goes
   * on would also be decoded again from its beginning.
   *
   * 2500 is the smallest value that costs no words (Moonshine). Six readings of 87 s, 1,596 words: 54 errors with 5000
   * ms, 54 with 2500, 57 with 2000. 25 utterances of 2 to 6 s, 335 words: 12, 11 and 13 errors, with 135.8, 129.3 and
   * 118.8 s decoded.
   */
  readonly quantumMs: number;
  /** Longest piece. A longer utterance goes on in the next piece (`vad.max_segment_ms`). */
  readonly maxSegmentMs: number;
  /** Longest utterance. The limit is needed because a television does not stop talking. */
  readonly maxUtteranceMs: number;
  /** Shortest speech over a reply that counts as a barge-in. */
  readonly bargeInSpeechMs: number;
  /** Interval between reports of silence before speech begins. */
  readonly stillSilentMs: number;
}

export const DEFAULT_UTTERANCE_OPTIONS: UtteranceOptions = {
  threshold: 0.5,
  negThreshold: 0.35,
  minSpeechMs: 160,
  minResumeMs: 64,
  preRollMs: 200,
  pieceSilenceMs: PIECE_SILENCE_MS,
  commitAfterMs: 2000,
  commitSilenceMs: 250,
  quantumMs: 2500,
  maxSegmentMs: 15_000,
  maxUtteranceMs: 60_000,
  bargeInSpeechMs: 256,
  stillSilentMs: 200,
};

export function msToSamples(ms: number): number {
  return Math.round(ms * LISTEN_SAMPLES_PER_MS);
}

export function samplesToMs(samples: number): number {
  return samples / LISTEN_SAMPLES_PER_MS;
}
