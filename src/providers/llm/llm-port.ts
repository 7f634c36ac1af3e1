import type { SpeechFormat } from '../../audio/format.js';

/** A message in the form of language models. Tool calls and their results keep their ids. */
export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string; readonly images?: readonly ChatImage[] }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly name: string; readonly content: string };

/** An image that accompanies the text. A provider without image support drops it. */
export interface ChatImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** Parsed JSON. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The reason why the model's arguments are unreadable. The model gets this text as the tool's answer. */
  readonly malformed?: string;
}

/** A tool offered to the model. `name` matches `^[a-zA-Z0-9_-]{1,64}$`. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** True: only providers with rules use the tool. Models are offered other tools for the same purpose. */
  readonly forRules?: boolean | undefined;
}

/**
 * Tells whether an answer is certainly wanted. The answer may begin from a guess of the question. If the guess is
 * right, the answer becomes certain; otherwise it is aborted.
 */
export interface Certainty {
  readonly certain: boolean;
  /** Resolves when the answer is certain; rejects with the signal's reason. */
  whenCertain(signal: AbortSignal): Promise<void>;
}

export interface LlmRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSpec[];
  readonly maxTokens: number;
  /** Another model of the same service. If undefined, or unknown to the service, the provider's own model is used. */
  readonly model?: string | undefined;
  /** BCP 47 tag, for providers that write answers themselves (the offline assistant). */
  readonly language: string;
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /**
   * Undefined: the answer is certainly wanted. Until an answer is certain, other requests go first, and the request may
   * be refused or aborted with `Cancelled`.
   */
  readonly certainty?: Certainty | undefined;
}

/** Speech that a model generates together with its text. */
export interface ModelSpeech {
  /** Name of the voice. The loudness is learned per name. */
  readonly voice: string;
  readonly format: SpeechFormat;
  /**
   * Ends when the speech ends or breaks off. If the reader leaves the loop, the rest is dropped. There may be only one
   * reader.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Reports that the speech was interrupted after `heardMs` had been played. Called at most once. */
  stopped(heardMs: number): void;
}

export type LlmDelta =
  | { readonly type: 'text'; readonly text: string }
  /**
   * This speech contains the text that follows. Undefined: the server's voice speaks the text. Realtime models only.
   */
  | { readonly type: 'speech'; readonly speech: ModelSpeech | undefined }
  | { readonly type: 'tool_call'; readonly call: ToolCall }
  | { readonly type: 'usage'; readonly inputTokens: number | undefined; readonly outputTokens: number | undefined };

/** A streaming language model. The stream ends, or throws `llm.*`. Aborting the signal closes the connection. */
export interface LlmProvider {
  /** For example `openai:glm-4-flash` or `offline`. */
  readonly id: string;
  /** True: the model is local or free, so speculative requests cost nothing. */
  readonly local: boolean;
  /** True: the provider answers by fixed rules, which no instruction changes. */
  readonly byRules?: true;
  /** Announces that a request follows soon, so that a connection can be opened. Cheap; never fails. */
  expect?(): void;
  stream(request: LlmRequest, signal: AbortSignal): AsyncIterable<LlmDelta>;
}
