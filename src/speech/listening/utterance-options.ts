import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';

/** Rules by which speech becomes utterances. All times are milliseconds of received audio. */
export interface UtteranceOptions {
  /** Probability from which a window is speech (Silero's own default). */
  readonly threshold: number;
  /** Probability below which speech has stopped (Silero: threshold - 0.15). */
  readonly negThreshold: number;
  /** Shortest speech that begins an utterance; anything shorter is a click or a cough. */
  readonly minSpeechMs: number;
  /** Shortest speech that continues an utterance after a pause. */
  readonly minResumeMs: number;
  /**
   * Audio before the first speech that belongs to a piece: soft beginnings are detected one or two windows (32 ms)
   * late. A longer pre-roll would waste recognition.
   */
  readonly preRollMs: number;
  /**
   * Silence after which a piece is sent to be decoded speculatively. Four windows of the detector instead of eight make
   * each answer 128 ms faster; the speculation budget limits the waste.
   */
  readonly pieceSilenceMs: number;
  /**
   * A piece with more speech than this is final when speech goes on after a pause of `commitSilenceMs`: the decode at
   * the pause is then not wasted, and the decode at the end is short.
   */
  readonly commitAfterMs: number;
  /** A shorter pause may lie within a phrase, where a cut costs words. */
  readonly commitSilenceMs: number;
  /**
   * A piece with more speech than this (and than `commitAfterMs`) is final at any pause. A decode cannot be stopped and
   * should not hold a slot for more than 400 ms (docs/adr/0015-scheduling-order.md): that is 4.8 s of speech at 35 ms
   * plus 76 ms a second (docs/adr/0013-cost-model.md). Speech that goes on would also be decoded again from its
   * beginning. This is the smallest value that costs no words (Moonshine). Six readings of 87 s, 1,596 words: 54 errors
   * with 5000 ms and with 2500, 57 with 2000. 25 utterances of 2 to 6 s, 335 words: 12, 11 and 13 errors, with 135.8,
   * 129.3 and 118.8 s decoded.
   */
  readonly quantumMs: number;
  /** Longest piece; the utterance goes on in the next one (`vad.max_segment_ms`). */
  readonly maxSegmentMs: number;
  /** Longest utterance: a television does not stop by itself. */
  readonly maxUtteranceMs: number;
  /** Shortest speech over a reply that counts as a barge-in. */
  readonly bargeInSpeechMs: number;
  /** Interval of reports of silence before speech begins. */
  readonly stillSilentMs: number;
}

export const DEFAULT_UTTERANCE_OPTIONS: UtteranceOptions = {
  threshold: 0.5,
  negThreshold: 0.35,
  minSpeechMs: 160,
  minResumeMs: 64,
  preRollMs: 200,
  pieceSilenceMs: 128,
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
