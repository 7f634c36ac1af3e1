import type { ToolSpec } from '../llm/llm-port.js';
import type { RealtimeOpening } from '../realtime/realtime-port.js';
import type { ServiceConnection, WireMessage } from './connection.js';

/** The content of a realtime service's message. `responseId`: undefined if the service names none. */
export type RealtimeNews =
  /** The service is connected, and takes {@link RealtimeDialect.setUp} now. */
  | { readonly type: 'connected' }
  /** The service takes audio now. `rateHz`: it sends another sample rate than was asked for. */
  | { readonly type: 'started'; readonly rateHz?: number | undefined }
  /** The utterance became the item of this id. */
  | { readonly type: 'committed'; readonly itemId: string }
  /** The text of an utterance. `itemId` undefined: of the oldest utterance without a text. */
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

/** One session in the protocol of one service, without time and sockets. */
export interface RealtimeDialect {
  connect(signal: AbortSignal): Promise<ServiceConnection>;
  begin(): readonly WireMessage[];
  /** The messages to send when the service says that it is connected. */
  setUp?(): readonly WireMessage[];
  /** Sample rate of the audio that the service takes. */
  readonly inputHz: number;
  /** Sample rate of the service's speech, as asked for. */
  readonly outputHz: number;
  /** True: the service answers an utterance without being asked. */
  readonly answersByItself?: true;
  /** 16 bit, mono, little endian. */
  audio(pcm: Uint8Array): WireMessage;
  clear(): readonly WireMessage[];
  commit(): readonly WireMessage[];
  /** Sets other instructions and tools. */
  configure(instructions: string, tools: readonly ToolSpec[]): readonly WireMessage[];
  /** Absent: the service takes no text. */
  text?(text: string): readonly WireMessage[];
  /** Absent: the service calls no tools. */
  toolResult?(callId: string, text: string): readonly WireMessage[];
  respond(): readonly WireMessage[];
  /** Cancels the answer under way. */
  cancel(): readonly WireMessage[];
  /** Tells the service that only so much of this answer was heard. */
  truncate(itemId: string, heardMs: number): readonly WireMessage[];
  /** May throw for an unreadable message: that is a failure of the service. */
  read(message: WireMessage): readonly RealtimeNews[];
}

/** Loads the code of the service when it is first used. */
export type MakeRealtimeDialect = (opening: RealtimeOpening, key: string | undefined) => Promise<RealtimeDialect>;
