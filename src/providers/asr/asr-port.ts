import type { LanguageTag } from '../../core/index.js';

export interface AsrRequest {
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  /** The recogniser may ignore this hint. */
  readonly language: LanguageTag;
  /** Id of the asking device. A service that limits its requests gives all devices an equal share. */
  readonly device?: string;
}

export interface Transcript {
  /** Trimmed text. Empty if nothing was understood. */
  readonly text: string;
  /** Time that the provider worked, without the wait for a CPU slot. */
  readonly runMs: number;
  /**
   * CPU time of the engine's process during the run, including other requests. Undefined if the engine runs elsewhere.
   */
  readonly processCpuMs?: number;
}

export interface HeardText {
  readonly text: string;
  /** Length of the audio whose text is final. Undefined if the service does not report this length. */
  readonly finalMs: number | undefined;
}

export interface AsrStreamRequest extends Omit<AsrRequest, 'pcm'> {
  readonly onText?: (heard: HeardText) => void;
}

export interface AsrStream {
  /**
   * `pcm` is 16 kHz mono and stays owned by the caller. Never throws, because {@link finish} reports a failure. Audio
   * after `finish` is ignored.
   */
  push(pcm: Int16Array): void;
  /**
   * Resolves with the whole text, trimmed. Every call returns the same promise. Errors: `asr.*`, `capacity.*`,
   * Cancelled (closed), or the signal's reason.
   */
  finish(): Promise<string>;
  /** Rejects the promise of {@link finish} if the promise has not settled. */
  close(): void;
}

/** Recognition on this machine while the person speaks. The caller must hold a CPU slot for each call of `decode`. */
export interface AsrSteps {
  /**
   * Resolves with the whole text so far, which is complete if `last` is true. `decode` must not be called again after
   * an error. Errors: those of {@link AsrProvider.transcribe}.
   * @param pcm 16 kHz mono.
   */
  decode(pcm: Int16Array, last: boolean, signal: AbortSignal): Promise<Transcript>;
  close(): void;
}

export interface AsrProvider {
  /** For example `moonshine-tiny-en`. */
  readonly id: string;
  /** Primary language subtags such as `en`, or `*` for any. */
  readonly languages: readonly string[];
  /** True if the model runs on this machine. The caller must then hold a CPU slot. */
  readonly local: boolean;
  /** False if the final punctuation mark means nothing, as with SenseVoice, which always writes a full stop. */
  readonly punctuationMeansEnd: boolean;
  /** Expected `runMs` for this length of audio, learned from previous runs. */
  predictMs(audioMs: number): number;
  /** Errors: `asr.*`, `engine.*`, `model.*`, `capacity.*`, or the signal's reason. */
  transcribe(request: AsrRequest, signal: AbortSignal): Promise<Transcript>;
  /** Returns at once. The stream ends when `signal` is aborted. Absent if the service is not known to stream. */
  readonly open?: ((request: AsrStreamRequest, signal: AbortSignal) => AsrStream) | undefined;
  /** Like {@link open}, for a model on this machine. Absent if the model accepts whole utterances only. */
  readonly openSteps?: (() => AsrSteps) | undefined;
}
