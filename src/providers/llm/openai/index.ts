export { createOpenAiLlm, type OpenAiOptions } from './provider.js';
export { detectOllama, type OllamaFound } from './ollama.js';
export { LLM_PRESETS, type LlmPreset, type LlmPresetName } from './presets.js';
