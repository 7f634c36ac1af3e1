import type { LanguageTag } from '../../core/index.js';

/** A small voice that runs inside the speaking process, not in an engine of its own: a key of `LOCAL_SYNTHESIZERS`. */
export type LocalVoiceEngine = string;

/** One chunk of text for a local voice. Plain data: it crosses a process border. */
export interface LocalVoiceRequest {
  readonly text: string;
  readonly language: LanguageTag;
  readonly voice?: string;
  /** 1 is normal speed. */
  readonly rate?: number;
}

/** Mono samples of one chunk; `pcm` may be empty when there was nothing to say. */
export interface LocalVoicePcm {
  readonly rateHz: number;
  readonly pcm: Int16Array;
}

/** Runs one request in the child. Rejects with `tts.*` or `engine.*`, or with the signal's reason. */
export type LocalVoiceClient = (
  engine: LocalVoiceEngine,
  request: LocalVoiceRequest,
  options: { readonly predictedMs: number; readonly signal: AbortSignal },
) => Promise<LocalVoicePcm>;

/** The synthesis in the child, which {@link LocalVoiceClient} calls in the end. Blocks its thread while it runs. */
export type LocalVoiceSynthesis = (request: LocalVoiceRequest) => Promise<LocalVoicePcm>;
