import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';

/**
 * Silence after which a piece is sent for speculative decoding. Four windows of the detector instead of eight make each
 * answer 128 ms faster. The speculation budget limits the wasted decoding.
 */
export const PIECE_SILENCE_MS = 128;
/**
 * Replaces {@link PIECE_SILENCE_MS} if the answer begins before the end of the utterance is certain. It is one window.
 * While the detector is sure of speech, the room must be audible for longer (`process/room-level.ts`). At 40 devices,
 * the first sound then comes about 180 ms earlier (docs/capacity.md).
 */
export const EARLY_PIECE_SILENCE_MS = 32;

/** Rules that cut speech into utterances. All times are milliseconds of received audio. */
export interface UtteranceOptions {
  /** A window contains speech from this probability on (the default of Silero, the detector). */
  readonly threshold: number;
  /** Speech stops below this probability (Silero uses threshold - 0.15). */
  readonly negThreshold: number;
  /** Shortest sound that begins an utterance. Shorter sounds are clicks or coughs. */
  readonly minSpeechMs: number;
  /** Shortest speech that continues an utterance after a pause. */
  readonly minResumeMs: number;
  /**
   * Audio that a piece includes before the first detected speech. Soft onsets are detected one or two windows of 32 ms
   * late. A longer pre-roll would waste recognition time.
   */
  readonly preRollMs: number;
  /** Silence after which a piece is sent for speculative decoding. A {@link ListeningTurn} may set another value. */
  readonly pieceSilenceMs: number;
  /**
   * A piece with more speech than this value becomes final if speech continues after a pause of `commitSilenceMs`. The
   * decoding at the pause is then not wasted, and the decoding at the end is short.
   */
  readonly commitAfterMs: number;
  /**
   * Shortest pause at which a piece with more speech than `commitAfterMs` becomes final. A shorter pause may be inside
   * a phrase, where a cut causes word errors.
   */
  readonly commitSilenceMs: number;
  /**
   * A piece becomes final at any pause if its speech is longer than this value and `commitAfterMs`. A decoding cannot
   * be stopped and should not occupy a slot for more than 400 ms (docs/adr/0015-scheduling-order.md). Within 400 ms,
   * 4.8 s of speech can be decoded (docs/adr/0013-cost-model.md).
   *
   * 2500 is the smallest value that causes no further word errors with the model Moonshine. In 1,596 words read aloud,
   * there were 54 errors with 5000 ms, 54 with 2500 and 57 with 2000. In 335 words of short utterances, there were 12,
   * 11 and 13 errors.
   */
  readonly quantumMs: number;
  /** Longest piece. A longer utterance continues in the next piece (`vad.max_segment_ms`). */
  readonly maxSegmentMs: number;
  /** Longest utterance. The limit is needed because a television does not stop talking. */
  readonly maxUtteranceMs: number;
  /** Shortest speech over a reply that interrupts the reply (a barge-in). */
  readonly bargeInSpeechMs: number;
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
