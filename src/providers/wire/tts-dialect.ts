import type { WrittenTtsRequest } from '../tts/tts-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

export type TtsNews =
  | { readonly type: 'started' }
  /** The service needs these messages before it accepts text. */
  | { readonly type: 'next'; readonly messages: readonly WireMessage[] }
  /** The audio that follows has another sample rate than requested. */
  | { readonly type: 'rate'; readonly rateHz: number }
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  | { readonly type: 'over' }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** What the service needs before the text. */
export type TtsParameters = Omit<WrittenTtsRequest, 'pieces'>;

/** The wire protocol of a speech service, for one sentence. */
export interface TtsDialect {
  connect(signal: AbortSignal, fresh?: boolean): Promise<ServiceConnection>;
  /**
   * Keeps the connection of a properly ended sentence for another sentence. Without this method, the connection is
   * closed.
   */
  release?(connection: ServiceConnection): void;
  begin(): readonly WireMessage[];
  /** True if the service accepts text at once, without {@link TtsNews} `started`. */
  readonly takesTextAtOnce?: boolean;
  say(piece: string): readonly WireMessage[];
  end(): readonly WireMessage[];
  /** May throw if a message is unreadable. The error counts as a failure of the service. */
  read(message: WireMessage): readonly TtsNews[];
}

/** The service's code is loaded when the service is first used. */
export type MakeTtsDialect = (parameters: TtsParameters, key: string | undefined) => Promise<TtsDialect>;
