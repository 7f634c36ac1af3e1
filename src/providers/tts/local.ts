import type { LanguageTag } from '../../core/index.js';

/**
 * A small voice that runs inside the speaking process, without its own engine process: a key of `LOCAL_SYNTHESIZERS`.
 */
export type LocalVoiceEngine = string;

/** A text chunk for a local voice. It is plain data, because it is sent to another process. */
export interface LocalVoiceRequest {
  readonly text: string;
  readonly language: LanguageTag;
  readonly voice?: string;
  /** 1 is normal speed. */
  readonly rate?: number;
}

/** Mono samples of one chunk. `pcm` is empty if the chunk had nothing to speak. */
export interface LocalVoicePcm {
  readonly rateHz: number;
  readonly pcm: Int16Array;
}

/** Runs one request in the speaking process. Rejects with `tts.*` or `engine.*`, or with the signal's reason. */
export type LocalVoiceClient = (
  engine: LocalVoiceEngine,
  request: LocalVoiceRequest,
  options: { readonly predictedMs: number; readonly signal: AbortSignal },
) => Promise<LocalVoicePcm>;

/** The synthesis that {@link LocalVoiceClient} calls in the speaking process. Blocks its thread while it runs. */
export type LocalVoiceSynthesis = (request: LocalVoiceRequest) => Promise<LocalVoicePcm>;
