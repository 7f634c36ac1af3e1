import type { Clock, Logger, Metrics } from '../../core/index.js';
import type { History } from './history.js';
import type { KnowledgePort, RememberedPort, WeatherPort } from './prompt-sources.js';
import type { LlmProvider } from '../../providers/llm/llm-port.js';

/** Settings that may change from one answer to the next. */
export interface ConversationSettings {
  readonly llm: LlmProvider;
  /** Another model of the same service. Undefined: the service's default model. */
  readonly model?: string | undefined;
  /** The assistant's persona, written by the owner. Undefined: a plain helpful assistant. */
  readonly persona: string | undefined;
  /** The name of the agent. Undefined: the configured assistant answers. */
  readonly name?: string | undefined;
  /** Location of the device. */
  readonly place?: string | undefined;
  /** Subjects that the agent must or must not talk about. */
  readonly contentRules?: string | undefined;
  /** Sentence that is spoken in place of an answer and ends the conversation. Undefined: the model answers. */
  readonly refusal?: string | undefined;
  /** Limit of one reply, in tokens. */
  readonly maxTokens: number;
  /** Maximum number of exchanges that are remembered. */
  readonly historyTurns: number;
}

export interface ConversationOptions {
  /** Called when an answer begins. The answer keeps these settings through all rounds of tool calls. */
  readonly settings: () => ConversationSettings;
  /** Earlier exchanges, perhaps of an earlier connection. Undefined: there are none. */
  readonly history?: History;
  /** Memory that outlasts this conversation. Undefined: none. */
  readonly memory?: RememberedPort;
  /** The owner's documents. Passages that match the user's words go into the prompt. Undefined: no documents. */
  readonly knowledge?: KnowledgePort;
  /** The weather, for prompts that mention it. */
  readonly weather?: WeatherPort;
  /** Called after an exchange has entered the history. */
  readonly onHeard?: () => void;
  /** Board name for the prompt, if known. */
  readonly device: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}
