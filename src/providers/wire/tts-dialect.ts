import type { TtsRequest } from '../tts/tts-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** The content of a speech service's message. */
export type TtsNews =
  /** It takes the text now. */
  | { readonly type: 'started' }
  /** The audio that follows is of another rate than was asked for. */
  | { readonly type: 'rate'; readonly rateHz: number }
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  /** There will be no more audio. */
  | { readonly type: 'over' }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** One sentence in the protocol of one speech service, without time and sockets. */
export interface TtsDialect {
  connect(signal: AbortSignal): Promise<ServiceConnection>;
  begin(): readonly WireMessage[];
  /** After {@link TtsNews} `started`. */
  speak(): readonly WireMessage[];
  /** May throw for an unreadable message: that is a failure of the service. */
  read(message: WireMessage): readonly TtsNews[];
}

/** Loads the code of the service when it is first asked. */
export type MakeTtsDialect = (request: TtsRequest, key: string | undefined) => Promise<TtsDialect>;
