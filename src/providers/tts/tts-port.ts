import type { LanguageTag } from '../../core/index.js';
import type { EnginePool } from '../../capacity/capacity-port.js';
import type { SpeechFormat } from '../../audio/format.js';

export interface TtsRequest {
  /** One text chunk, without Markdown and emoji. */
  readonly text: string;
  readonly language: LanguageTag;
  /** The provider's name of a voice. Undefined for the default voice of the language. */
  readonly voice?: string;
  /** 1 is normal speed. */
  readonly rate?: number;
  /** Id of the asking device. A service that limits its requests gives all devices an equal share. */
  readonly device?: string;
}

export interface WrittenTtsRequest extends Omit<TtsRequest, 'text'> {
  /**
   * The text of the sentence, in parts that end between words. May be read several times, each time from the beginning.
   */
  readonly pieces: AsyncIterable<string>;
}

/** Chunks have any size and arrive in order. */
export interface TtsAudio {
  readonly format: SpeechFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * A slow reader of `chunks` slows the provider. The synthesis ends when the reader stops early or `signal` is aborted.
 */
export interface TtsProvider {
  readonly id: string;
  /** Primary language subtags, or `*` for any. */
  readonly languages: readonly string[];
  /** True if the synthesis uses this machine's CPU. The caller must hold a CPU slot until the chunks have ended. */
  readonly local: boolean;
  /**
   * For local voices only. Limits how many sentences the engine synthesises at a time. A sentence that waits for a slot
   * can still be reordered and cancelled.
   */
  readonly pool?: EnginePool;
  /** True if the voice sounds much worse than others. Speaks only if it was chosen, or if no better local voice can. */
  readonly lastResort?: true;
  readonly paid?: true;
  /** False if a speculative sentence could make another sentence wait. Absent if there is always room. Cheap. */
  hasRoom?(): boolean;
  /** False while the service counts as unreachable. Absent if the voice cannot know this. Cheap. */
  available?(): boolean;
  /** Expected time until the last chunk. */
  predictMs(text: string): number;
  /**
   * Announces sentences, so that a connection can be opened. The connection closes when the signal is aborted, unless
   * others use it. Cheap; never fails.
   */
  expect?(signal: AbortSignal): void;
  /** The call rejects or the iteration throws: `tts.*`, `engine.*`, `model.*`, `capacity.*`, or the signal's reason. */
  synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio>;
  /** The first sound may come before the last text. Absent if the voice accepts whole sentences only. */
  stream?(request: WrittenTtsRequest, signal: AbortSignal): Promise<TtsAudio>;
}
