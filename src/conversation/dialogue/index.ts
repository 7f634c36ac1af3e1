export type * from './conversation-port.js';
export { createConversation, type ConversationOptions, type ConversationSettings } from './conversation.js';
export {
  createLlm,
  DEFAULT_BREAKER,
  isLocalAddress,
  type LlmChoice,
  type LlmOptions,
} from '../../providers/llm/create-llm.js';
export { createOfflineAssistant, type OfflineOptions } from '../../providers/llm/offline/index.js';
export {
  createOpenAiLlm,
  detectOllama,
  LLM_PRESETS,
  type LlmPreset,
  type LlmPresetName,
  type OllamaFound,
  type OpenAiOptions,
} from '../../providers/llm/openai/index.js';
export type * from '../../providers/llm/llm-port.js';
export { probeLlm } from '../../providers/llm/probe-llm.js';
export { withConcurrency, type ConcurrencyOptions } from '../../providers/llm/with-concurrency.js';
export { withFallback, type FallbackOptions } from '../../providers/llm/with-fallback.js';
export { withRetry, type RetryOptions } from '../../providers/llm/with-retry.js';
