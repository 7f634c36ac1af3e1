import type { Clock, Logger, Metrics } from '../../core/index.js';
import type { History } from './history.js';
import type { KnowledgePort, RememberedPort, WeatherPort } from './prompt-sources.js';
import type { LlmProvider } from '../../providers/llm/llm-port.js';

/** Settings that may change from one answer to the next. */
export interface ConversationSettings {
  readonly llm: LlmProvider;
  /** Another model of the same service. Undefined: the provider's own. */
  readonly model?: string | undefined;
  /** The assistant's persona in the owner's words; undefined: a plain helpful assistant. */
  readonly persona: string | undefined;
  /** The name of the agent; undefined: the configured assistant. */
  readonly name?: string | undefined;
  /** Location of the device. */
  readonly place?: string | undefined;
  /** Subjects that the agent must or must not talk about. */
  readonly contentRules?: string | undefined;
  /** Sentence that is spoken in place of an answer; then the conversation is over. Undefined: the model answers. */
  readonly refusal?: string | undefined;
  /** Limit of one reply, in tokens. */
  readonly maxTokens: number;
  /** Largest number of exchanges that are remembered. */
  readonly historyTurns: number;
}

export interface ConversationOptions {
  /** Read at the beginning of an answer. The answer keeps these settings through all rounds of tools. */
  readonly settings: () => ConversationSettings;
  /** Earlier exchanges, perhaps of an earlier connection; undefined: none. */
  readonly history?: History;
  /** The memory beyond this conversation. Undefined: none. */
  readonly memory?: RememberedPort;
  /** The owner's documents. Passages that match the user's words go into the prompt. Undefined: no documents. */
  readonly knowledge?: KnowledgePort;
  /** The weather, for prompts whose text names it. */
  readonly weather?: WeatherPort;
  /** Called after an exchange has entered the history. */
  readonly onHeard?: () => void;
  /** Board name for the prompt, if known. */
  readonly device: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}
