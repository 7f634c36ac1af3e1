import type { LanguageTag } from '../../core/index.js';
import type { Guess } from '../../capacity/index.js';

export interface RecognitionRequest {
  readonly deviceId: string;
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  readonly language: LanguageTag;
  /** The time at which the text is needed, by `Clock.nowMs`. */
  readonly deadlineMs: number | undefined;
  /** Replaces the deadline while the utterance may still continue. */
  readonly guess?: Guess | undefined;
  /** True if the answer begins before the utterance has certainly ended. Guesses may then be wasted more often. */
  readonly early?: boolean;
  /** True for work that is not for a device. This work gets only what devices leave free. */
  readonly background?: boolean;
  readonly live?: LiveRecognition | undefined;
}

export interface LiveRequest extends Pick<RecognitionRequest, 'deviceId' | 'language'> {
  /** All recognitions of an utterance have the same id. */
  readonly turnId?: number;
  /** Called with the text so far, also if it is the same as before. */
  readonly onText?: (text: string) => void;
}

/** Recognition while the person speaks. The caller keeps the audio, so a failure loses no speech. */
export interface LiveRecognition {
  /** See {@link AsrProvider.punctuationMeansEnd}. If undefined, the value is false. */
  readonly punctuationMeansEnd?: boolean | undefined;
  /** `pcm` is 16 kHz mono and stays owned by the caller. */
  push(pcm: Int16Array): void;
  /** Call this when all audio was pushed. */
  end(): void;
  /** Call this after {@link end} if the utterance is over. */
  finished?(): void;
  /** Call this when the text is no longer needed. */
  close(): void;
}

export interface Recognition {
  readonly text: string;
  /** Id of the model or service. */
  readonly asr: string;
  readonly waitMs: number;
  readonly runMs: number;
  /** See {@link AsrProvider.punctuationMeansEnd}. */
  readonly punctuationMeansEnd: boolean;
}

/**
 * Recognition for all devices. Chooses the model by language, takes a CPU slot if the model is local, and uses another
 * model if one fails. Errors: `asr.*`, `model.missing` while the model is being downloaded, `model.not_fetched` if the
 * download failed and will be tried again, `model.not_installed`, `engine.*`, `capacity.*`. Rejects with Cancelled if a
 * guess is dropped.
 */
export interface Recognizer {
  takesLive?(language: LanguageTag): boolean;
  /** Starts recognition while the person speaks. Undefined if only whole recordings can be recognised now. */
  live?(request: LiveRequest): LiveRecognition | undefined;
  recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition>;
  /**
   * Converts text from another recogniser to the characters of the language, and applies the owner's corrections.
   * Without this method, the text is used unchanged.
   */
  writtenText?(heard: string, language: LanguageTag): Promise<string>;
  /**
   * Returns the recogniser that an agent has chosen. If the chosen one fails or does not exist, this recogniser is
   * used. Without this method, agents cannot choose.
   */
  named?(id: string): Recognizer;
  /** Reports whether a speculative text was used or wasted. The reports limit later speculation. */
  speculated(outcome: 'used' | 'wasted', runMs: number): void;
}
