import type { WrittenTtsRequest } from '../tts/tts-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** The content of a speech service's message. */
export type TtsNews =
  /** It takes text now. */
  | { readonly type: 'started' }
  /** It waits for these messages before it takes text. */
  | { readonly type: 'next'; readonly messages: readonly WireMessage[] }
  /** The audio that follows is of another rate than was asked for. */
  | { readonly type: 'rate'; readonly rateHz: number }
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  /** There will be no more audio. */
  | { readonly type: 'over' }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** Properties of the request that a service is told before the text. */
export type TtsWish = Omit<WrittenTtsRequest, 'pieces'>;

/** One sentence in the protocol of one speech service, without time and sockets. */
export interface TtsDialect {
  /** `fresh`: not one that has served before. */
  connect(signal: AbortSignal, fresh?: boolean): Promise<ServiceConnection>;
  /** Keeps a connection whose task has ended in order, for another task. Absent: it is ended. */
  release?(connection: ServiceConnection): void;
  begin(): readonly WireMessage[];
  /** It takes text at once, without {@link TtsNews} `started`. */
  readonly takesTextAtOnce?: boolean;
  /** A piece of the text. */
  say(piece: string): readonly WireMessage[];
  /** The text has ended. */
  end(): readonly WireMessage[];
  /** May throw for an unreadable message: that is a failure of the service. */
  read(message: WireMessage): readonly TtsNews[];
}

/** Loads the code of the service when it is first asked. */
export type MakeTtsDialect = (wish: TtsWish, key: string | undefined) => Promise<TtsDialect>;
