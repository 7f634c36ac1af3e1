import type { ToolSpec } from '../llm/llm-port.js';
import type { RealtimeOpening } from '../realtime/realtime-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** `responseId` is undefined if the service sends none. */
export type RealtimeNews =
  /** The service accepts {@link RealtimeDialect.setUp} now. */
  | { readonly type: 'connected' }
  /** The service accepts audio from now on. `rateHz` is set if the service sends another sample rate than requested. */
  | { readonly type: 'started'; readonly rateHz?: number | undefined }
  /** The service has stored the utterance as the item with this id. */
  | { readonly type: 'committed'; readonly itemId: string }
  /** The text of an utterance. Without `itemId`, the text belongs to the oldest utterance without text. */
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

/** The wire protocol of a realtime service, for one session. */
export interface RealtimeDialect {
  connect(signal: AbortSignal): Promise<ServiceConnection>;
  begin(): readonly WireMessage[];
  /** Sent when the service reports that it is connected. */
  setUp?(): readonly WireMessage[];
  readonly inputHz: number;
  /** The requested sample rate. */
  readonly outputHz: number;
  readonly answersByItself?: true;
  /** 16 bit, mono, little endian. */
  audio(pcm: Uint8Array): WireMessage;
  clear(): readonly WireMessage[];
  commit(): readonly WireMessage[];
  configure(instructions: string, tools: readonly ToolSpec[]): readonly WireMessage[];
  text?(text: string): readonly WireMessage[];
  toolResult?(callId: string, text: string): readonly WireMessage[];
  respond(): readonly WireMessage[];
  cancel(): readonly WireMessage[];
  truncate(itemId: string, heardMs: number): readonly WireMessage[];
  /** May throw if a message is unreadable. The error counts as a failure of the service. */
  read(message: WireMessage): readonly RealtimeNews[];
}

/** The service's code is loaded when the service is first used. */
export type MakeRealtimeDialect = (opening: RealtimeOpening, key: string | undefined) => Promise<RealtimeDialect>;
