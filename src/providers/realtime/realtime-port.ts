import type { LanguageTag } from '../../core/index.js';
import type { LlmDelta, ToolSpec } from '../llm/llm-port.js';

/** The initial settings of a session. */
export interface RealtimeOpening {
  /** The device of the conversation. A service that limits its requests uses it to give all devices an equal share. */
  readonly device?: string | undefined;
  /** The device's language, as a hint. */
  readonly language: LanguageTag;
  /** The name of the assistant. */
  readonly name?: string | undefined;
  /** The vendor's name of a voice. Undefined: the configured voice. */
  readonly voice?: string | undefined;
  /** The system prompt. */
  readonly instructions: string;
}

/** Input of a response, in addition to the committed speech. */
export type RealtimeInput =
  | { readonly type: 'text'; readonly text: string }
  /** The result of a tool call from this session. */
  | { readonly type: 'tool_result'; readonly callId: string; readonly text: string };

export interface RealtimeRequest {
  readonly instructions: string;
  readonly tools: readonly ToolSpec[];
  /** Empty: the response answers the speech since the last response. */
  readonly input: readonly RealtimeInput[];
}

/**
 * One conversation with a speech-to-speech model. It ends when {@link close} is called, after a failure, or when it was
 * idle for too long.
 */
export interface RealtimeSession {
  /**
   * Accepts audio of the utterance: 16 kHz mono, owned by the caller. Never throws: {@link commit} reports a failure.
   */
  push(pcm: Int16Array): void;
  /** Discards the audio since the last {@link commit}. */
  clear(): void;
  /**
   * Ends the utterance. Resolves with its trimmed text; the text is empty when nothing was understood. Errors:
   * `realtime.*`.
   */
  commit(): Promise<string>;
  /**
   * Requests the answer. The speech (`speech`) comes first, then text and tool calls. An abort cancels the answer at
   * the service. Errors: `realtime.*`, or the signal's reason.
   */
  respond(request: RealtimeRequest, signal: AbortSignal): AsyncIterable<LlmDelta>;
  /** True: the session has ended and accepts no more input. */
  readonly over: boolean;
  close(): void;
}

/** A speech-to-speech model. */
export interface RealtimeProvider {
  /** The id of the provider's descriptor. */
  readonly id: string;
  /** True: the model calls tools. */
  readonly tools: boolean;
  /** True: the model also accepts text. */
  readonly text: boolean;
  /** Opens a session and returns at once. The session's methods report a failure to connect. */
  open(opening: RealtimeOpening): RealtimeSession;
}
