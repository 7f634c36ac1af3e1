export { createConversation, type ConversationOptions } from './conversation.js';
export { createLlm, DEFAULT_BREAKER, isLocalAddress, type LlmChoice, type LlmOptions } from './create-llm.js';
export { createDeviceTools, noDeviceTools, type DeviceTools, type DeviceToolsOptions, type McpPayload } from './mcp/index.js';
export { createOfflineAssistant, type OfflineOptions } from './offline/index.js';
export { createOpenAiLlm, detectOllama, LLM_PRESETS, type LlmPreset, type LlmPresetName, type OllamaFound, type OpenAiOptions } from './openai/index.js';
export type * from './port.js';
export { withConcurrency, type ConcurrencyOptions } from './with-concurrency.js';
export { withFallback, type FallbackOptions } from './with-fallback.js';
export { withRetry, type RetryOptions } from './with-retry.js';
