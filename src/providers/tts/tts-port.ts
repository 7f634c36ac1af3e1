import type { LanguageTag } from '../../core/index.js';
import type { EnginePool } from '../../capacity/capacity-port.js';
import type { SpeechFormat } from '../../audio/format.js';

export interface TtsRequest {
  /** One chunk of speech, already free of Markdown and emoji. */
  readonly text: string;
  readonly language: LanguageTag;
  /** The provider's own name of a voice; undefined: its default for the language. */
  readonly voice?: string;
  /** 1 is normal speed. */
  readonly rate?: number;
  /** The device that asks. A service with a limit serves all devices alike. */
  readonly device?: string;
}

/** A sentence that is still being written. */
export interface WrittenTtsRequest extends Omit<TtsRequest, 'text'> {
  /**
   * The sentence's text as it is written, in pieces that end between words. It ends with the sentence, and may be read
   * several times, each time from the beginning.
   */
  readonly pieces: AsyncIterable<string>;
}

/** Audio of one request. Chunks are in `format`, of any size, in order. */
export interface TtsAudio {
  readonly format: SpeechFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Text to speech. Reading `chunks` slowly holds the provider back; leaving the loop or aborting `signal` ends it. */
export interface TtsProvider {
  /** The id of its descriptor. */
  readonly id: string;
  /** Primary language subtags, or `*` for any. */
  readonly languages: readonly string[];
  /** True: synthesis on this machine's CPU; the caller must hold a CPU slot until the chunks have ended. */
  readonly local: boolean;
  /**
   * Only for a local voice: its engine, and how many sentences the engine makes at once. A further sentence waits for a
   * slot, where it can be reordered and cancelled.
   */
  readonly pool?: EnginePool;
  /** True: the voice sounds so much worse than others that it speaks only where no better local voice does. */
  readonly lastResort?: true;
  /** True: each sentence costs money. */
  readonly paid?: true;
  /** False: a sentence that may never be heard could make another one wait. Absent: nothing waits. Cheap. */
  hasRoom?(): boolean;
  /** False while the voice is known to be out of reach; absent: always worth a try. Cheap. */
  available?(): boolean;
  /** Expected milliseconds until the last chunk. */
  predictMs(text: string): number;
  /**
   * Announces one or more sentences, so that a connection can be opened. When the signal is aborted, the connection is
   * closed if it can serve nobody else. Cheap, and never fails.
   */
  expect?(signal: AbortSignal): void;
  /** Rejects, or the iteration throws, with `tts.*`, `engine.*` or `model.*`. */
  synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio>;
  /**
   * The same as {@link synthesize} for a sentence that is still being written: the first sound may come before the last
   * piece of text. Absent: the voice takes whole sentences only.
   */
  stream?(request: WrittenTtsRequest, signal: AbortSignal): Promise<TtsAudio>;
}
