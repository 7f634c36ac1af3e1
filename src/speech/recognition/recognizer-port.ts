import type { LanguageTag } from '../../core/index.js';
import type { Guess } from '../../capacity/index.js';

export interface RecognitionRequest {
  readonly deviceId: string;
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  readonly language: LanguageTag;
  /** When the text is wanted (`Clock.nowMs`). */
  readonly deadlineMs: number | undefined;
  /** Instead of a deadline: the utterance may go on. */
  readonly guess?: Guess | undefined;
}

export interface Recognition {
  readonly text: string;
  /** Which model answered. */
  readonly asr: string;
  readonly waitMs: number;
  readonly runMs: number;
  /** See {@link AsrProvider.punctuationMeansEnd}. */
  readonly punctuationMeansEnd: boolean;
}

/**
 * The ASR lane: chooses the model by language, takes a CPU slot for local ones, applies corrections, falls back.
 * Errors: `asr.*`, `model.missing` (it is being fetched), `model.not_fetched` (that failed, and is tried again), `model.not_installed`, `engine.*`, `capacity.*`; a guess that was dropped rejects with Cancelled.
 */
export interface Recognizer {
  recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition>;
  /** What became of a speculative recognition that was answered, and its `runMs`: whether to speculate is decided by it. */
  speculated(outcome: 'used' | 'wasted', runMs: number): void;
}
