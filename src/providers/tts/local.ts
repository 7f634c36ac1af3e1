import type { LanguageTag } from '../../core/index.js';

/** A key of `LOCAL_SYNTHESIZERS`. */
export type LocalVoiceEngine = string;

/** Plain data, because the request is sent to another process. */
export interface LocalVoiceRequest {
  readonly text: string;
  readonly language: LanguageTag;
  readonly voice?: string;
  /** 1 is normal speed. */
  readonly rate?: number;
}

/** Mono samples. `pcm` is empty if the text had nothing to speak. */
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

/** Blocks its thread while it runs. */
export type LocalVoiceSynthesis = (request: LocalVoiceRequest) => Promise<LocalVoicePcm>;
