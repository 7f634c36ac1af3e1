import type { LanguageTag } from '../../core/index.js';
import type { LlmDelta, ToolSpec } from '../llm/llm-port.js';

/** The settings with which a session begins. */
export interface RealtimeOpening {
  /** The device that talks. A service with a limit serves all devices alike. */
  readonly device?: string | undefined;
  /** The device's language, a hint. */
  readonly language: LanguageTag;
  /** The name of the assistant. */
  readonly name?: string | undefined;
  /** The model's own name of a voice; undefined: the configured one. */
  readonly voice?: string | undefined;
  /** The system prompt. */
  readonly instructions: string;
}

/** Input of a response beside the speech that was committed. */
export type RealtimeInput =
  | { readonly type: 'text'; readonly text: string }
  /** The result of a call that the session made. */
  | { readonly type: 'tool_result'; readonly callId: string; readonly text: string };

export interface RealtimeRequest {
  readonly instructions: string;
  readonly tools: readonly ToolSpec[];
  /** Empty: the speech since the last response. */
  readonly input: readonly RealtimeInput[];
}

/** One conversation with a model that hears and speaks. It ends by {@link close}, by a failure, or when idle. */
export interface RealtimeSession {
  /** Takes audio of the utterance: 16 kHz mono, owned by the caller. Never fails: {@link commit} reports a failure. */
  push(pcm: Int16Array): void;
  /** Forgets the audio since the last {@link commit}. */
  clear(): void;
  /** Ends the utterance. Resolves with its text, trimmed; empty: nothing was understood. Errors: `realtime.*`. */
  commit(): Promise<string>;
  /**
   * Asks for the answer. Its first part is the speech (`speech`), then come its text and calls of tools. An abort
   * cancels the answer at the service. Errors: `realtime.*`, or the signal's reason.
   */
  respond(request: RealtimeRequest, signal: AbortSignal): AsyncIterable<LlmDelta>;
  /** True: the session takes nothing more. */
  readonly over: boolean;
  close(): void;
}

/** A model that takes speech and answers with speech. */
export interface RealtimeProvider {
  /** The id of its descriptor. */
  readonly id: string;
  /** True: the model calls tools. */
  readonly tools: boolean;
  /** True: the model takes text in place of speech. */
  readonly text: boolean;
  /** Opens a session and returns at once. A failure to connect is reported by the session's methods. */
  open(opening: RealtimeOpening): RealtimeSession;
}
