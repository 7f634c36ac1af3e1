import type { LanguageTag } from '../../core/index.js';
import type { Guess } from '../../capacity/index.js';

export interface RecognitionRequest {
  readonly deviceId: string;
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  readonly language: LanguageTag;
  /** Time at which the text is needed (`Clock.nowMs`). */
  readonly deadlineMs: number | undefined;
  /** Replaces the deadline while the utterance may go on. */
  readonly guess?: Guess | undefined;
  /** Work for another program, not for a device: it gets the capacity that devices leave (`SlotRequest.background`). */
  readonly background?: boolean;
  /** The same audio, sent while it was spoken. */
  readonly live?: LiveRecognition | undefined;
}

export interface LiveRequest extends Pick<RecognitionRequest, 'deviceId' | 'language'> {
  /** Pieces of one utterance have the same turn. */
  readonly turnId?: number;
  /** Called with the text so far, whenever it grows or changes. */
  readonly onText?: (text: string) => void;
}

/**
 * A piece of an utterance that is recognised while it is spoken. If the recognition fails, no speech is lost, because
 * the piece itself is kept.
 */
export interface LiveRecognition {
  /** See {@link AsrProvider.punctuationMeansEnd}, of the model that writes the texts. Undefined: it does not. */
  readonly punctuationMeansEnd?: boolean | undefined;
  /** 16 kHz mono, owned by the caller. */
  push(pcm: Int16Array): void;
  /** Call it when the piece is complete. */
  end(): void;
  /** Call it after {@link end} when the utterance is over, and this was its last piece. */
  finished?(): void;
  /** Call it when the text is not needed any more. */
  close(): void;
}

export interface Recognition {
  readonly text: string;
  /** The model that answered. */
  readonly asr: string;
  readonly waitMs: number;
  readonly runMs: number;
  /** See {@link AsrProvider.punctuationMeansEnd}. */
  readonly punctuationMeansEnd: boolean;
}

/**
 * Recognition for all devices: chooses the model by language, takes a CPU slot for local ones, applies corrections,
 * falls back. Errors: `asr.*`, `model.missing` (it is being fetched), `model.not_fetched` (that failed, and is tried
 * again), `model.not_installed`, `engine.*`, `capacity.*`. A dropped guess rejects with Cancelled.
 */
export interface Recognizer {
  /** True if {@link live} would open a recognition now. */
  takesLive?(language: LanguageTag): boolean;
  /**
   * Opens recognition of speech while it is spoken; undefined: the recogniser of that language takes whole pieces only.
   */
  live?(request: LiveRequest): LiveRecognition | undefined;
  recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition>;
  /**
   * The text of another recogniser in the characters of the language, with the owner's corrections. Absent: it stays as
   * it is.
   */
  writtenText?(heard: string, language: LanguageTag): Promise<string>;
  /**
   * The recogniser of this id that an agent has chosen; if it fails or does not exist, this one takes its place.
   * Absent: there is only this one.
   */
  named?(id: string): Recognizer;
  /** Reports the outcome of an answered speculative recognition and its `runMs`; later speculation depends on it. */
  speculated(outcome: 'used' | 'wasted', runMs: number): void;
}
