/** Language model services known by name. Their base URLs and models stand in `dialogue`; here is what the environment may hold. */
export const LLM_PRESETS = [
  'glm',
  'qwen',
  'deepseek',
  'doubao',
  'moonshot',
  'siliconflow',
  'openrouter',
  'ollama',
  'openai',
] as const;
export type LlmPreset = (typeof LLM_PRESETS)[number];

/** The vendors' usual variables, first set one wins. An Ollama needs no key. */
export const PRESET_KEY_VARIABLES: Readonly<Record<LlmPreset, readonly string[]>> = {
  glm: ['ZHIPUAI_API_KEY', 'ZHIPU_API_KEY', 'BIGMODEL_API_KEY'],
  qwen: ['DASHSCOPE_API_KEY'],
  deepseek: ['DEEPSEEK_API_KEY'],
  doubao: ['ARK_API_KEY'],
  moonshot: ['MOONSHOT_API_KEY', 'KIMI_API_KEY'],
  siliconflow: ['SILICONFLOW_API_KEY'],
  openrouter: ['OPENROUTER_API_KEY'],
  ollama: [],
  openai: ['OPENAI_API_KEY'],
};
