import type { LanguageTag } from '../../core/index.js';
import type { LlmDelta, ToolSpec } from '../llm/llm-port.js';

export interface RealtimeOpening {
  /** Id of the asking device. A service that limits its requests gives all devices an equal share. */
  readonly device?: string | undefined;
  /** The model may ignore this hint. */
  readonly language: LanguageTag;
  readonly name?: string | undefined;
  /** The vendor's name of a voice. Undefined for the configured voice. */
  readonly voice?: string | undefined;
  readonly instructions: string;
}

export type RealtimeInput =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_result'; readonly callId: string; readonly text: string };

export interface RealtimeRequest {
  readonly instructions: string;
  readonly tools: readonly ToolSpec[];
  /** An empty list requests an answer to the speech since the last response. */
  readonly input: readonly RealtimeInput[];
}

/**
 * One conversation with a speech-to-speech model. It ends when {@link close} is called, after a failure, or when it was
 * idle for too long.
 */
export interface RealtimeSession {
  /** `pcm` is 16 kHz mono and stays owned by the caller. Never throws, because {@link commit} reports a failure. */
  push(pcm: Int16Array): void;
  clear(): void;
  /**
   * Ends the utterance. Resolves with the trimmed text, which is empty if nothing was understood. Errors: `realtime.*`,
   * `capacity.*`.
   */
  commit(): Promise<string>;
  /**
   * Speech comes first, before text and tool calls. An abort cancels the answer at the service. Errors: `realtime.*`,
   * `capacity.*`, or the signal's reason.
   */
  respond(request: RealtimeRequest, signal: AbortSignal): AsyncIterable<LlmDelta>;
  readonly over: boolean;
  close(): void;
}

export interface RealtimeProvider {
  readonly id: string;
  readonly tools: boolean;
  /** True if the model also accepts typed text. */
  readonly text: boolean;
  /** Returns at once. The methods of the session report a failure to connect. */
  open(opening: RealtimeOpening): RealtimeSession;
}
