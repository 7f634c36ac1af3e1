import type { AsrStreamRequest } from '../asr/asr-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** The content of a recognition service's message. */
export type AsrNews =
  /** The service takes audio now. */
  | { readonly type: 'started' }
  /**
   * The text of the present sentence, or of everything (`whole`), as understood so far. `final`: it does not change any
   * more. `untilMs`: length of the audio that the text covers.
   */
  | {
      readonly type: 'text';
      readonly text: string;
      readonly final: boolean;
      readonly whole?: boolean;
      readonly untilMs?: number | undefined;
    }
  /** There will be no more text. */
  | { readonly type: 'over' }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** One stream in the protocol of one service, without time and sockets. */
export interface AsrDialect {
  /** `fresh`: the connection must not have served before. */
  connect(signal: AbortSignal, fresh?: boolean): Promise<ServiceConnection>;
  /** Keeps a connection for another task if its task has ended in order. Absent: the connection is ended. */
  release?(connection: ServiceConnection): void;
  begin(): readonly WireMessage[];
  /** Audio is sent only after {@link AsrNews} `started`. */
  readonly waitsForStart?: boolean;
  /** Length of one message of audio; default 100 ms. */
  readonly messageMs?: number;
  /**
   * Longest time from the end of the audio to the last text; default 4 s, for services that understood most by then.
   */
  readonly lastTextMs?: number;
  /** 16 kHz, 16 bit, mono, little endian. */
  audio(pcm: Uint8Array): WireMessage;
  end(): readonly WireMessage[];
  /** May throw for an unreadable message: that is a failure of the service. */
  read(message: WireMessage): readonly AsrNews[];
  /** True: the service reports the end of the text only by closing the connection. */
  readonly closeIsEnd?: boolean;
}

/** Loads the code of the service when it is first asked. */
export type MakeAsrDialect = (request: AsrStreamRequest, key: string | undefined) => Promise<AsrDialect>;
