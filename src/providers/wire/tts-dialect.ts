import type { WrittenTtsRequest } from '../tts/tts-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** The content of a speech service's message. */
export type TtsNews =
  /** The service takes text now. */
  | { readonly type: 'started' }
  /** The service waits for these messages before it takes text. */
  | { readonly type: 'next'; readonly messages: readonly WireMessage[] }
  /** The audio that follows has another rate than was asked for. */
  | { readonly type: 'rate'; readonly rateHz: number }
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  /** There will be no more audio. */
  | { readonly type: 'over' }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** Properties of the request that a service is told before the text. */
export type TtsParameters = Omit<WrittenTtsRequest, 'pieces'>;

/** One sentence in the protocol of one speech service, without time and sockets. */
export interface TtsDialect {
  /** `fresh`: the connection must not have served before. */
  connect(signal: AbortSignal, fresh?: boolean): Promise<ServiceConnection>;
  /** Keeps a connection for another task if its task has ended in order. Absent: the connection is ended. */
  release?(connection: ServiceConnection): void;
  begin(): readonly WireMessage[];
  /** True: the service takes text at once, without {@link TtsNews} `started`. */
  readonly takesTextAtOnce?: boolean;
  /** The messages for a piece of the text. */
  say(piece: string): readonly WireMessage[];
  /** The messages for the end of the text. */
  end(): readonly WireMessage[];
  /** May throw for an unreadable message: that is a failure of the service. */
  read(message: WireMessage): readonly TtsNews[];
}

/** Loads the code of the service when it is first asked. */
export type MakeTtsDialect = (parameters: TtsParameters, key: string | undefined) => Promise<TtsDialect>;
