import type { LanguageTag } from '../../core/index.js';

export interface AsrRequest {
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  /** The device's language, as a hint. */
  readonly language: LanguageTag;
  /** The device that sends the audio. A service that limits its requests uses it to give all devices an equal share. */
  readonly device?: string;
}

export interface Transcript {
  /** Trimmed text; empty when nothing was understood. */
  readonly text: string;
  /** Time in ms that the provider worked, without the wait for a slot. */
  readonly runMs: number;
  /**
   * CPU time that the engine's process used during the run, including the time for other requests. Undefined: the
   * engine runs elsewhere.
   */
  readonly processCpuMs?: number;
}

/** The text that a stream has understood so far. */
export interface HeardText {
  readonly text: string;
  /** Length in ms of the audio whose text is final. Undefined: the service does not report it. */
  readonly finalMs: number | undefined;
}

export interface AsrStreamRequest extends Omit<AsrRequest, 'pcm'> {
  readonly onText?: (heard: HeardText) => void;
}

/** Recognition while the person speaks. */
export interface AsrStream {
  /**
   * Accepts audio: 16 kHz mono, owned by the caller. Never throws: {@link finish} reports a failure. Audio after
   * `finish` is ignored.
   */
  push(pcm: Int16Array): void;
  /** Ends the audio. Resolves with the whole text, trimmed; every call returns the same promise. Errors: `asr.*`. */
  finish(): Promise<string>;
  /** Ends the stream; {@link finish} rejects if it has not settled. */
  close(): void;
}

/**
 * Recognition on this machine while the person speaks. Steps decode the audio one after the other. The caller must hold
 * a CPU slot for each step.
 */
export interface AsrSteps {
  /**
   * Decodes more audio. `last`: this is the last audio, so the text becomes complete. Resolves with the whole text so
   * far. Errors: those of {@link AsrProvider.transcribe}. After an error, the steps cannot be used any more.
   * @param pcm 16 kHz mono.
   */
  decode(pcm: Int16Array, last: boolean, signal: AbortSignal): Promise<Transcript>;
  /** Ends the steps when the text is not needed. */
  close(): void;
}

/** Speech recognition of a whole utterance, or of a part of one. */
export interface AsrProvider {
  /** Id of the model or service, e.g. `moonshine-tiny-en`. */
  readonly id: string;
  /** Primary language subtags (`en`, `zh`), or `*` for any. */
  readonly languages: readonly string[];
  /** True: inference on this machine; the caller must hold a CPU slot. */
  readonly local: boolean;
  /** False: the final punctuation mark carries no meaning. SenseVoice ends every text with a full stop. */
  readonly punctuationMeansEnd: boolean;
  /** Expected `runMs` for this length of audio, learned from previous runs. */
  predictMs(audioMs: number): number;
  /** Errors: `asr.*`, `engine.*`, `model.*`. */
  transcribe(request: AsrRequest, signal: AbortSignal): Promise<Transcript>;
  /**
   * Opens a stream that accepts audio while the person speaks. Absent: the service is not known to stream. Returns at
   * once. The stream ends when `signal` is aborted.
   */
  readonly open?: ((request: AsrStreamRequest, signal: AbortSignal) => AsrStream) | undefined;
  /** Like {@link open}, for a model on this machine. Absent: the model accepts whole utterances only. */
  readonly openSteps?: (() => AsrSteps) | undefined;
}
