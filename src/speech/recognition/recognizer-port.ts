import type { LanguageTag } from '../../core/index.js';
import type { Guess } from '../../capacity/index.js';

export interface RecognitionRequest {
  readonly deviceId: string;
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  readonly language: LanguageTag;
  /** Time at which the text is needed (`Clock.nowMs`). */
  readonly deadlineMs: number | undefined;
  /** Replaces the deadline while the utterance may still go on. */
  readonly guess?: Guess | undefined;
  /** True: the answer begins before the end is certain, so a guess may be wasted more often. */
  readonly early?: boolean;
  /**
   * Work for another program, not for a device. It gets only the capacity that devices leave
   * (`SlotRequest.background`).
   */
  readonly background?: boolean;
  /** Recognition of the same audio that began while it was spoken. */
  readonly live?: LiveRecognition | undefined;
}

export interface LiveRequest extends Pick<RecognitionRequest, 'deviceId' | 'language'> {
  /** All pieces of an utterance have the same turn id. */
  readonly turnId?: number;
  /** Called with the text so far whenever the text changes. */
  readonly onText?: (text: string) => void;
}

/**
 * A piece of an utterance that is recognised while it is spoken. If this recognition fails, no speech is lost, because
 * the caller keeps the piece.
 */
export interface LiveRecognition {
  /** See {@link AsrProvider.punctuationMeansEnd}, for the model that writes the texts. Undefined means false. */
  readonly punctuationMeansEnd?: boolean | undefined;
  /** 16 kHz mono, owned by the caller. */
  push(pcm: Int16Array): void;
  /** Call it when the piece is complete. */
  end(): void;
  /** Call it after {@link end} if the utterance is over and this was its last piece. */
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
  /** See {@link AsrProvider.punctuationMeansEnd}. */
  readonly punctuationMeansEnd: boolean;
}

/**
 * Recognition for all devices. It chooses the model by language, takes a CPU slot for a local model, applies
 * corrections, and falls back to another model. Errors: `asr.*`, `model.missing` (the model is being fetched),
 * `model.not_fetched` (the fetch failed and is retried), `model.not_installed`, `engine.*`, `capacity.*`. A dropped
 * guess rejects with Cancelled.
 */
export interface Recognizer {
  /** True if {@link live} would return a recognition now. */
  takesLive?(language: LanguageTag): boolean;
  /**
   * Starts recognition of speech while it is spoken. Undefined: the recogniser of that language accepts only whole
   * pieces.
   */
  live?(request: LiveRequest): LiveRecognition | undefined;
  recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition>;
  /**
   * Converts text of another recogniser to the characters of the language and applies the owner's corrections. If the
   * method is absent, the text is used unchanged.
   */
  writtenText?(heard: string, language: LanguageTag): Promise<string>;
  /**
   * Returns the recogniser with this id, which an agent has chosen. If that recogniser fails or does not exist, this
   * one takes its place. If the method is absent, this is the only recogniser.
   */
  named?(id: string): Recognizer;
  /** Reports the outcome of an answered speculative recognition and its `runMs`. Later speculation depends on both. */
  speculated(outcome: 'used' | 'wasted', runMs: number): void;
}
