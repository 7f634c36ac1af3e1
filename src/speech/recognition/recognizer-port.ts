import type { LanguageTag } from '../../core/index.js';
import type { Guess } from '../../capacity/index.js';

export interface RecognitionRequest {
  readonly deviceId: string;
  /** The speech, 16 kHz mono. */
  readonly pcm: Int16Array;
  readonly language: LanguageTag;
  /** Time at which the text is needed (`Clock.nowMs`). */
  readonly deadlineMs: number | undefined;
  /** Set, instead of the deadline, while the utterance may still continue. */
  readonly guess?: Guess | undefined;
  /** True: the answer begins before it is certain that the utterance is over, so guesses may be wasted more often. */
  readonly early?: boolean;
  /** Work for another program, not for a device. It gets only what devices leave free (`SlotRequest.background`). */
  readonly background?: boolean;
  /** Recognition of the same audio, if it began while the audio was spoken. */
  readonly live?: LiveRecognition | undefined;
}

export interface LiveRequest extends Pick<RecognitionRequest, 'deviceId' | 'language'> {
  /** The same for all pieces of an utterance. */
  readonly turnId?: number;
  /** Called with the text so far whenever the text changes. */
  readonly onText?: (text: string) => void;
}

/**
 * Recognises a piece of an utterance while it is spoken. If this fails, no speech is lost, because the caller keeps the
 * audio of the piece.
 */
export interface LiveRecognition {
  /** {@link AsrProvider.punctuationMeansEnd} of the model that writes the texts. Undefined: false. */
  readonly punctuationMeansEnd?: boolean | undefined;
  /** Adds audio, 16 kHz mono. It still belongs to the caller. */
  push(pcm: Int16Array): void;
  /** Call it when the piece is complete. */
  end(): void;
  /** Call it after {@link end} if this was the last piece of the utterance. */
  finished?(): void;
  /** Call it when the text is no longer needed. */
  close(): void;
}

export interface Recognition {
  readonly text: string;
  /** Id of the model that returned the text. */
  readonly asr: string;
  readonly waitMs: number;
  readonly runMs: number;
  /** {@link AsrProvider.punctuationMeansEnd} of that model. */
  readonly punctuationMeansEnd: boolean;
}

/**
 * Recognition for all devices. Chooses the model by language, takes a CPU slot if the model is local, applies
 * corrections, and uses another model if one fails. Errors: `asr.*`, `model.missing` (the model is being downloaded),
 * `model.not_fetched` (the download failed and will be tried again), `model.not_installed`, `engine.*`, `capacity.*`.
 * If a guess is dropped, rejects with Cancelled.
 */
export interface Recognizer {
  /** True if {@link live} would return a recognition now. */
  takesLive?(language: LanguageTag): boolean;
  /**
   * Starts recognition of speech while it is spoken. Undefined: for this language only whole pieces can be recognised.
   */
  live?(request: LiveRequest): LiveRecognition | undefined;
  recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition>;
  /**
   * Converts text from another recogniser to the characters of the language, and applies the owner's corrections. If
   * the method is absent, the text is used unchanged.
   */
  writtenText?(heard: string, language: LanguageTag): Promise<string>;
  /**
   * Returns the recogniser with this id, which an agent has chosen. If that one fails or does not exist, this one is
   * used instead. If the method is absent, agents cannot choose.
   */
  named?(id: string): Recognizer;
  /**
   * Reports whether the text of a speculative recognition was used or wasted, and how long the recognition took
   * (`runMs`). This decides how much will be speculated later.
   */
  speculated(outcome: 'used' | 'wasted', runMs: number): void;
}
