import type { WrittenTtsRequest } from '../tts/tts-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** The content of a speech service's message. */
export type TtsNews =
  /** The service accepts text from now on. */
  | { readonly type: 'started' }
  /** The service needs these messages before it accepts text. */
  | { readonly type: 'next'; readonly messages: readonly WireMessage[] }
  /** The audio that follows has another sample rate than requested. */
  | { readonly type: 'rate'; readonly rateHz: number }
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  /** No more audio will come. */
  | { readonly type: 'over' }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** Properties of the request that the service needs before the text. */
export type TtsParameters = Omit<WrittenTtsRequest, 'pieces'>;

/** Speaks one sentence in a speech service's wire protocol. Timers and sockets are handled elsewhere. */
export interface TtsDialect {
  /** `fresh`: requires a new connection, not a reused one. */
  connect(signal: AbortSignal, fresh?: boolean): Promise<ServiceConnection>;
  /**
   * Keeps the connection for another sentence after one has ended properly. Without this method, the connection is
   * closed.
   */
  release?(connection: ServiceConnection): void;
  begin(): readonly WireMessage[];
  /** True: the service accepts text at once, without {@link TtsNews} `started`. */
  readonly takesTextAtOnce?: boolean;
  /** The messages for a piece of the text. */
  say(piece: string): readonly WireMessage[];
  /** The messages for the end of the text. */
  end(): readonly WireMessage[];
  /** May throw if a message is unreadable; this counts as a failure of the service. */
  read(message: WireMessage): readonly TtsNews[];
}

/** Loads the service's code at its first use. */
export type MakeTtsDialect = (parameters: TtsParameters, key: string | undefined) => Promise<TtsDialect>;
