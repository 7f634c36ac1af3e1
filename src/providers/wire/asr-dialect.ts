import type { AsrStreamRequest } from '../asr/asr-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** The content of a recognition service's message. */
export type AsrNews =
  /** The service accepts audio from now on. */
  | { readonly type: 'started' }
  /**
   * The text so far, of the current sentence or of the whole utterance (`whole`). `final`: the text no longer changes.
   * `untilMs`: length of the audio that the text covers.
   */
  | {
      readonly type: 'text';
      readonly text: string;
      readonly final: boolean;
      readonly whole?: boolean;
      readonly untilMs?: number | undefined;
    }
  /** No more text will come. */
  | { readonly type: 'over' }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** Recognises one stream in a service's wire protocol. Timers and sockets are handled elsewhere. */
export interface AsrDialect {
  /** `fresh`: requires a new connection, not a reused one. */
  connect(signal: AbortSignal, fresh?: boolean): Promise<ServiceConnection>;
  /**
   * Keeps the connection for another task after one has ended properly. Without this method, the connection is closed.
   */
  release?(connection: ServiceConnection): void;
  begin(): readonly WireMessage[];
  /** True: audio is sent only after the {@link AsrNews} `started`. */
  readonly waitsForStart?: boolean;
  /** Length of one audio message. Default: 100 ms. */
  readonly messageMs?: number;
  /**
   * Longest time from the end of the audio to the last text. Default: 4 s, for services that recognise during the
   * speech.
   */
  readonly lastTextMs?: number;
  /** 16 kHz, 16 bit, mono, little endian. */
  audio(pcm: Uint8Array): WireMessage;
  end(): readonly WireMessage[];
  /** May throw if a message is unreadable; this counts as a failure of the service. */
  read(message: WireMessage): readonly AsrNews[];
  /** True: the service signals the end of the text only by closing the connection. */
  readonly closeIsEnd?: boolean;
}

/** Loads the service's code at its first use. */
export type MakeAsrDialect = (request: AsrStreamRequest, key: string | undefined) => Promise<AsrDialect>;
