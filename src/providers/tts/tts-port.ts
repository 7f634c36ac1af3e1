import type { LanguageTag } from '../../core/index.js';
import type { EnginePool } from '../../capacity/capacity-port.js';
import type { SpeechFormat } from '../../audio/format.js';

export interface TtsRequest {
  /** One text chunk, without Markdown and emoji. */
  readonly text: string;
  readonly language: LanguageTag;
  /** The provider's name of a voice. Undefined: the default voice of the language. */
  readonly voice?: string;
  /** 1 is normal speed. */
  readonly rate?: number;
  /** The device of the request. A service that limits its requests uses it to give all devices an equal share. */
  readonly device?: string;
}

/** A sentence that is still being written. */
export interface WrittenTtsRequest extends Omit<TtsRequest, 'text'> {
  /**
   * The sentence's text in the pieces in which it is written. Pieces end between words, and the iteration ends with the
   * sentence. It may be read several times, each time from the beginning.
   */
  readonly pieces: AsyncIterable<string>;
}

/** The audio of one request. Chunks have the format `format` and any size, and arrive in order. */
export interface TtsAudio {
  readonly format: SpeechFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Text to speech. A slow reader of `chunks` slows the provider. The synthesis ends when the reader leaves the loop or
 * `signal` is aborted.
 */
export interface TtsProvider {
  /** The id of the provider's descriptor. */
  readonly id: string;
  /** Primary language subtags, or `*` for any. */
  readonly languages: readonly string[];
  /** True: the synthesis uses this machine's CPU. The caller must hold a CPU slot until the chunks have ended. */
  readonly local: boolean;
  /**
   * For local voices only: the engine, and how many sentences it synthesises at a time. A further sentence waits for a
   * slot, because a waiting sentence can still be reordered and cancelled.
   */
  readonly pool?: EnginePool;
  /** True: the voice sounds much worse than others. It speaks only if no better local voice can. */
  readonly lastResort?: true;
  /** True: each sentence costs money. */
  readonly paid?: true;
  /** False: a speculative sentence could make another sentence wait. Absent: there is always room. Cheap. */
  hasRoom?(): boolean;
  /** False while the service is known to be unreachable. Absent: always worth an attempt. Cheap. */
  available?(): boolean;
  /** Expected milliseconds until the last chunk. */
  predictMs(text: string): number;
  /**
   * Announces one or more sentences, so that a connection can be opened. When the signal is aborted, the connection
   * closes unless others use it. Cheap; never fails.
   */
  expect?(signal: AbortSignal): void;
  /** The call rejects, or the iteration throws, with `tts.*`, `engine.*` or `model.*`. */
  synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio>;
  /**
   * Like {@link synthesize}, for a sentence that is still being written. The first sound may come before the last piece
   * of text. Absent: the voice accepts whole sentences only.
   */
  stream?(request: WrittenTtsRequest, signal: AbortSignal): Promise<TtsAudio>;
}
