/** How a vendor is reached. Nothing here was tried against the vendor itself: there is no internet where Chorus is built. */
export interface LlmPreset {
  /** For people. */
  readonly title: string;
  readonly baseUrl: string;
  /** Undefined: there is none that everybody has; it must be chosen. */
  readonly model: string | undefined;
  /** The variables in which the vendor's users keep the key, usual one first; read by the configuration only. */
  readonly keyVariables: readonly string[];
  readonly keyless: boolean;
  /** Merged into every request: what keeps the default model from thinking before it speaks. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** Sampling parameters are fixed by the vendor and refused in requests. */
  readonly fixedSampling?: true;
}

const THINKING_OFF = { thinking: { type: 'disabled' } } as const;

/**
 * Addresses, models and switches as the vendors' documentation had them in November 2026: deepseek-chat, qwen-turbo,
 * moonshot-v1 and kimi-latest, which older guides name, were retired during that year.
 */
export const LLM_PRESETS = {
  glm: {
    title: '智谱 GLM',
    baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
    model: 'glm-4-flash',
    keyVariables: ['ZHIPUAI_API_KEY', 'ZHIPU_API_KEY', 'BIGMODEL_API_KEY'],
    keyless: false,
  },
  qwen: {
    title: '通义千问 Qwen',
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    model: 'qwen3.6-flash',
    keyVariables: ['DASHSCOPE_API_KEY'],
    keyless: false,
    extraBody: { enable_thinking: false },
  },
  deepseek: {
    title: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    model: 'deepseek-v4-flash',
    keyVariables: ['DEEPSEEK_API_KEY'],
    keyless: false,
    extraBody: THINKING_OFF,
  },
  doubao: {
    title: '豆包 Doubao',
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    model: 'doubao-seed-2-0-lite-260428',
    keyVariables: ['ARK_API_KEY'],
    keyless: false,
    extraBody: THINKING_OFF,
  },
  moonshot: {
    title: 'Kimi',
    baseUrl: 'https://api.moonshot.cn/v1',
    model: 'kimi-k2.6',
    keyVariables: ['MOONSHOT_API_KEY', 'KIMI_API_KEY'],
    keyless: false,
    extraBody: THINKING_OFF,
    maxTokensField: 'max_completion_tokens',
    fixedSampling: true,
  },
  siliconflow: {
    title: '硅基流动 SiliconFlow',
    baseUrl: 'https://api.siliconflow.cn/v1',
    model: 'Qwen/Qwen3-8B',
    keyVariables: ['SILICONFLOW_API_KEY'],
    keyless: false,
    extraBody: { enable_thinking: false },
  },
  openrouter: {
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    model: 'deepseek/deepseek-v4-flash',
    keyVariables: ['OPENROUTER_API_KEY'],
    keyless: false,
    extraBody: { reasoning: { enabled: false } },
  },
  ollama: { title: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', model: undefined, keyVariables: [], keyless: true },
  openai: {
    title: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-4o-mini',
    keyVariables: ['OPENAI_API_KEY'],
    keyless: false,
    maxTokensField: 'max_completion_tokens',
  },
} as const satisfies Record<string, LlmPreset>;

export type LlmPresetName = keyof typeof LLM_PRESETS;
