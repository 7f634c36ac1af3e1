import type { Clock, Logger, Metrics } from '../../core/index.js';
import type { History } from './history.js';
import type { KnowledgePort, RememberedPort, WeatherPort } from './prompt-sources.js';
import type { LlmProvider } from '../../providers/llm/llm-port.js';

/** Settings for one answer. The next answer may have other settings. */
export interface ConversationSettings {
  readonly llm: LlmProvider;
  /** Undefined means the service's default model. */
  readonly model?: string | undefined;
  /** Written by the owner. Undefined means a plain helpful assistant. */
  readonly persona: string | undefined;
  /** Undefined if the configured assistant answers. */
  readonly name?: string | undefined;
  readonly place?: string | undefined;
  readonly contentRules?: string | undefined;
  /** If set, this sentence replaces the answer, and the conversation ends. */
  readonly refusal?: string | undefined;
  readonly maxTokens: number;
  /** Maximum number of remembered exchanges. */
  readonly historyTurns: number;
}

export interface ConversationOptions {
  /** The settings that apply now. An answer keeps the settings from its beginning. */
  readonly settings: () => ConversationSettings;
  readonly history?: History;
  /** Memory that outlasts this conversation. */
  readonly memory?: RememberedPort;
  /** The owner's documents. Passages that match the user's words go into the prompt. */
  readonly knowledge?: KnowledgePort;
  readonly weather?: WeatherPort;
  /** Called after an exchange has entered the history. */
  readonly onHeard?: () => void;
  readonly device: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}
