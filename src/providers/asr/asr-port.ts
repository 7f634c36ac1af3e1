import type { LanguageTag } from '../../core/index.js';

export interface AsrRequest {
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  /** The device's language, a hint. */
  readonly language: LanguageTag;
  /** The device that asks. A service with a limit serves all devices alike. */
  readonly device?: string;
}

export interface Transcript {
  /** Trimmed; empty when nothing was understood. */
  readonly text: string;
  /** Time in ms that the provider needed, without the wait for a slot. */
  readonly runMs: number;
  /** CPU time of the engine's process meanwhile, for all its work; undefined: the engine is not on this machine. */
  readonly processCpuMs?: number;
}

/** The text that a stream has understood so far. */
export interface HeardText {
  readonly text: string;
  /** Length of the audio whose text is final, in ms; undefined: the service does not tell. */
  readonly finalMs: number | undefined;
}

export interface AsrStreamRequest extends Omit<AsrRequest, 'pcm'> {
  readonly onText?: (heard: HeardText) => void;
}

/** Recognition while somebody speaks. */
export interface AsrStream {
  /**
   * Takes audio: 16 kHz mono, owned by the caller. Never fails: {@link finish} reports a failure. After `finish`, audio
   * is ignored.
   */
  push(pcm: Int16Array): void;
  /** Ends the audio. Resolves with the whole text, trimmed; every call returns the same promise. Errors: `asr.*`. */
  finish(): Promise<string>;
  /** Ends the stream; {@link finish} rejects if it has not settled. */
  close(): void;
}

/**
 * Recognition on this machine while somebody speaks. It takes its audio in steps, one after the other. The caller must
 * hold a CPU slot for each step.
 */
export interface AsrSteps {
  /**
   * Decodes more audio; `last`: nothing follows, and the text is complete. Resolves with the whole text so far. Errors:
   * as of {@link AsrProvider.transcribe}; after an error, the steps cannot be used any more.
   *
   * @param pcm 16 kHz mono.
   */
  decode(pcm: Int16Array, last: boolean, signal: AbortSignal): Promise<Transcript>;
  /** Ends the steps, because the text is not needed. */
  close(): void;
}

/** Speech recognition of a whole utterance (or a piece of one). */
export interface AsrProvider {
  /** Model or service, e.g. `moonshine-tiny-en`. */
  readonly id: string;
  /** Primary language subtags (`en`, `zh`), or `*` for any. */
  readonly languages: readonly string[];
  /** True: inference on this machine; the caller must hold a CPU slot. */
  readonly local: boolean;
  /** False if the final mark carries no meaning (SenseVoice ends everything with a full stop). */
  readonly punctuationMeansEnd: boolean;
  /** Expected `runMs` for that much audio, learned from the runs so far. */
  predictMs(audioMs: number): number;
  /** Errors: `asr.*`, `engine.*`, `model.*`. */
  transcribe(request: AsrRequest, signal: AbortSignal): Promise<Transcript>;
  /**
   * Opens a stream that takes audio as it is spoken. Absent: as far as is known, the service does not stream. Returns
   * at once; the stream ends when `signal` is aborted.
   */
  readonly open?: ((request: AsrStreamRequest, signal: AbortSignal) => AsrStream) | undefined;
  /** Like {@link open}, for a model on this machine. Absent: the model takes whole utterances only. */
  readonly openSteps?: (() => AsrSteps) | undefined;
}
