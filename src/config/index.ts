export { configSchema, type Config } from './schema.js';
export { LLM_PRESETS, PRESET_KEY_VARIABLES, type LlmPreset } from './presets.js';
export { configJsonSchema } from './fields.js';
