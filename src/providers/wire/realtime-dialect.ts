import type { ToolSpec } from '../llm/llm-port.js';
import type { RealtimeOpening } from '../realtime/realtime-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** The content of a realtime service's message. `responseId` is undefined if the service sends none. */
export type RealtimeNews =
  /** The service is connected, and accepts {@link RealtimeDialect.setUp} now. */
  | { readonly type: 'connected' }
  /** The service accepts audio from now on. `rateHz`: the service sends another sample rate than requested. */
  | { readonly type: 'started'; readonly rateHz?: number | undefined }
  /** The service has stored the utterance as the item with this id. */
  | { readonly type: 'committed'; readonly itemId: string }
  /** The text of an utterance. `itemId` undefined: the text belongs to the oldest utterance without text. */
  | { readonly type: 'transcript'; readonly itemId?: string | undefined; readonly text: string }
  | { readonly type: 'response_begun'; readonly responseId?: string | undefined }
  | { readonly type: 'text'; readonly responseId?: string | undefined; readonly text: string }
  | {
      readonly type: 'audio';
      readonly responseId?: string | undefined;
      readonly itemId?: string | undefined;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'tool_call';
      readonly responseId?: string | undefined;
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'response_over';
      readonly responseId?: string | undefined;
      readonly inputTokens?: number | undefined;
      readonly outputTokens?: number | undefined;
    }
  | { readonly type: 'failed'; readonly code: 'rejected' | 'rate_limited' | 'failed'; readonly message: string };

/** Speaks a realtime service's wire protocol in one session. Timers and sockets are handled elsewhere. */
export interface RealtimeDialect {
  connect(signal: AbortSignal): Promise<ServiceConnection>;
  begin(): readonly WireMessage[];
  /** The messages to send when the service reports that it is connected. */
  setUp?(): readonly WireMessage[];
  /** Sample rate of the audio that the service accepts. */
  readonly inputHz: number;
  /** Requested sample rate of the service's speech. */
  readonly outputHz: number;
  /** True: the service answers an utterance without a request. */
  readonly answersByItself?: true;
  /** 16 bit, mono, little endian. */
  audio(pcm: Uint8Array): WireMessage;
  clear(): readonly WireMessage[];
  commit(): readonly WireMessage[];
  /** Replaces instructions and tools. */
  configure(instructions: string, tools: readonly ToolSpec[]): readonly WireMessage[];
  /** Absent: the service accepts no text. */
  text?(text: string): readonly WireMessage[];
  /** Absent: the service calls no tools. */
  toolResult?(callId: string, text: string): readonly WireMessage[];
  respond(): readonly WireMessage[];
  /** Cancels the current answer. */
  cancel(): readonly WireMessage[];
  /** Tells the service that only the first `heardMs` of this answer were played. */
  truncate(itemId: string, heardMs: number): readonly WireMessage[];
  /** May throw if a message is unreadable; this counts as a failure of the service. */
  read(message: WireMessage): readonly RealtimeNews[];
}

/** Loads the service's code at its first use. */
export type MakeRealtimeDialect = (opening: RealtimeOpening, key: string | undefined) => Promise<RealtimeDialect>;
