import type { AsrStreamRequest } from '../asr/asr-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

export type AsrNews =
  | { readonly type: 'started' }
  /**
   * The text so far, of the current sentence or of the `whole` utterance. A `final` text no longer changes. `untilMs`
   * is the length of the audio that the text covers.
   */
  | {
      readonly type: 'text';
      readonly text: string;
      readonly final: boolean;
      readonly whole?: boolean;
      readonly untilMs?: number | undefined;
    }
  | { readonly type: 'over' }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** The wire protocol of a recognition service, for one stream. */
export interface AsrDialect {
  connect(signal: AbortSignal, fresh?: boolean): Promise<ServiceConnection>;
  /** Keeps the connection of a properly ended task for another task. Without this method, the connection is closed. */
  release?(connection: ServiceConnection): void;
  begin(): readonly WireMessage[];
  /** If true, audio is sent only after the {@link AsrNews} `started`. */
  readonly waitsForStart?: boolean;
  /** Default: 100 ms. */
  readonly messageMs?: number;
  /**
   * Longest time from the end of the audio to the last text. Default: 4 s, for services that recognise during the
   * speech.
   */
  readonly lastTextMs?: number;
  /** 16 kHz, 16 bit, mono, little endian. */
  audio(pcm: Uint8Array): WireMessage;
  end(): readonly WireMessage[];
  /** May throw if a message is unreadable. The error counts as a failure of the service. */
  read(message: WireMessage): readonly AsrNews[];
  /** True if the service signals the end of the text only by closing the connection. */
  readonly closeIsEnd?: boolean;
}

/** The service's code is loaded when the service is first used. */
export type MakeAsrDialect = (request: AsrStreamRequest, key: string | undefined) => Promise<AsrDialect>;
