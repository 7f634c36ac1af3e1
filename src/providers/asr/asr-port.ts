import type { LanguageTag } from '../../core/index.js';

export interface AsrRequest {
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  /** The device's language, a hint. */
  readonly language: LanguageTag;
}

export interface Transcript {
  /** Trimmed; empty when nothing was understood. */
  readonly text: string;
  /** Time the provider needed, without waiting for a slot. */
  readonly runMs: number;
}

/** Speech recognition of a whole utterance (or a piece of one). */
export interface AsrProvider {
  /** Model or service, e.g. `moonshine-tiny-en`. */
  readonly id: string;
  /** Primary language subtags (`en`, `zh`), or `*` for any. */
  readonly languages: readonly string[];
  /** True: inference on this machine; the caller must hold a CPU slot. */
  readonly local: boolean;
  /** False where the final mark carries no meaning (SenseVoice ends everything with a full stop). */
  readonly punctuationMeansEnd: boolean;
  /** Expected `runMs` for that much audio: learned from the runs so far. */
  predictMs(audioMs: number): number;
  /** Errors: `asr.*`, `engine.*`, `model.*`. */
  transcribe(request: AsrRequest, signal: AbortSignal): Promise<Transcript>;
}
