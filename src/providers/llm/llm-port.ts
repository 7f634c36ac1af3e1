import type { SpeechFormat } from '../../audio/format.js';

/** A message as language models know it. Tool calls and their results keep their ids. */
export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string; readonly images?: readonly ChatImage[] }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly name: string; readonly content: string };

/** A picture beside the words. A provider that takes no pictures drops the picture. */
export interface ChatImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** Parsed JSON. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Why the model's arguments cannot be read. The model gets this text in place of the tool's answer. */
  readonly malformed?: string;
}

/** A tool offered to the model. `name` matches `^[a-zA-Z0-9_-]{1,64}$`. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** True: only answers by rules use it, because models are offered others for the same purpose. */
  readonly forRules?: boolean | undefined;
}

/**
 * Whether an answer is certainly wanted. An answer may begin on a guess of the question. It becomes certain when the
 * guess turns out to be right; else it is aborted.
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
  /**
   * Another model of the same service. Undefined, or unknown to the service: the provider's own model.
   */
  readonly model?: string | undefined;
  /** BCP 47, for providers that answer by themselves (the offline assistant). */
  readonly language: string;
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /**
   * Undefined: the answer is certainly wanted. Otherwise other requests go first until it is, and this request may be
   * refused or cut, with `Cancelled`.
   */
  readonly certainty?: Certainty | undefined;
}

/** Speech that a model makes itself, together with its text. */
export interface ModelSpeech {
  /** Speech of the same voice has the same name; its loudness is learned under it. */
  readonly voice: string;
  readonly format: SpeechFormat;
  /** Ends with the speech, also if the speech breaks off. Leaving the loop drops the rest. For one reader only. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Reports that the speech was cut off after this much of it was heard. Called at most once. */
  stopped(heardMs: number): void;
}

export type LlmDelta =
  | { readonly type: 'text'; readonly text: string }
  /** The text that follows is spoken by this speech; undefined: by the server's voice. Realtime models only. */
  | { readonly type: 'speech'; readonly speech: ModelSpeech | undefined }
  | { readonly type: 'tool_call'; readonly call: ToolCall }
  /** Sounds that the user's words interrupted go on after the answer, unless a tool plays others. */
  | { readonly type: 'sounds_go_on' }
  | { readonly type: 'usage'; readonly inputTokens: number | undefined; readonly outputTokens: number | undefined };

/** A streaming language model. The stream ends, or throws `llm.*`. Aborting the signal closes the connection. */
export interface LlmProvider {
  /** e.g. `openai:glm-4-flash` or `offline`. */
  readonly id: string;
  /** True: the model is on this machine or free, so speculative requests cost nothing. */
  readonly local: boolean;
  /** True: the provider answers by rules of its own, which no instruction changes. */
  readonly byRules?: true;
  /** Announces a request that will come in a moment, so that a connection can be opened. Cheap, and never fails. */
  expect?(): void;
  stream(request: LlmRequest, signal: AbortSignal): AsyncIterable<LlmDelta>;
}
