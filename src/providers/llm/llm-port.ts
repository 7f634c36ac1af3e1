import type { SpeechFormat } from '../../audio/format.js';

export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string; readonly images?: readonly ChatImage[] }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly name: string; readonly content: string };

/** A provider without image support drops the image. */
export interface ChatImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Set if the model's arguments are unreadable. The model gets this text as the tool's answer. */
  readonly malformed?: string;
}

/** A tool offered to the model. `name` matches `^[a-zA-Z0-9_-]{1,64}$`. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** If true, only providers that answer by rules use the tool. Models are offered other tools for the same purpose. */
  readonly forRules?: boolean | undefined;
}

/** An answer may begin while the question is only a guess. The answer is aborted if the guess was wrong. */
export interface Certainty {
  readonly certain: boolean;
  whenCertain(signal: AbortSignal): Promise<void>;
}

export interface LlmRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
  readonly maxTokens: number;
  /** Another model of the same service. If unknown there, an OpenAI-compatible provider uses its configured model. */
  readonly model?: string | undefined;
  /** BCP 47 tag, for providers that write answers themselves, such as the offline assistant. */
  readonly language: string;
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /**
   * Undefined if the answer was certainly wanted from the start. An uncertain request gives way to others, and may be
   * refused or aborted with `Cancelled`.
   */
  readonly certainty?: Certainty | undefined;
}

export interface ModelSpeech {
  /** Name of the voice. The voice's loudness is learned under this name. */
  readonly voice: string;
  readonly format: SpeechFormat;
  /**
   * Ends when the speech ends or breaks off. The rest is dropped if the reader stops early. Only one reader is
   * allowed.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Reports that the speech was interrupted after `heardMs` had been played. Called at most once. */
  stopped(heardMs: number): void;
}

export type LlmDelta =
  | { readonly type: 'text'; readonly text: string }
  /** The speech for the text that follows. Undefined if the server's voice speaks the text. Realtime models only. */
  | { readonly type: 'speech'; readonly speech: ModelSpeech | undefined }
  | { readonly type: 'tool_call'; readonly call: ToolCall }
  | { readonly type: 'usage'; readonly inputTokens: number | undefined; readonly outputTokens: number | undefined };

/** The stream ends, or throws `llm.*`, `capacity.*` or the signal's reason. An abort closes the connection. */
export interface LlmProvider {
  readonly id: string;
  /** True if the model is local or free, so that speculative requests cost nothing. */
  readonly local: boolean;
  /** True if the provider answers by fixed rules, which no instruction changes. */
  readonly byRules?: true;
  /** Announces that a request follows soon, so that a connection can be opened. Cheap; never fails. */
  expect?(): void;
  stream(request: LlmRequest, signal: AbortSignal): AsyncIterable<LlmDelta>;
}
