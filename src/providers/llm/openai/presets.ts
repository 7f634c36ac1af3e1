import { both, type Bilingual, type Clock } from '../../../core/index.js';
import { discoverOllama } from './ollama.js';

export interface Preset {
  readonly id: string;
  readonly name: Bilingual;
  readonly about?: Bilingual;
  readonly baseUrl: string;
  /** Absent if the user must choose a model. */
  readonly model?: string;
  /** The usual variable comes first. Absent if the vendor needs no key. */
  readonly keyVariables?: readonly string[];
  /** Turns the reasoning of the default model off. Merged into the request. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** True if the vendor refuses requests that contain sampling parameters. */
  readonly fixedSampling?: true;
  readonly discover?: (clock: Clock, signal: AbortSignal) => Promise<readonly string[] | undefined>;
}

const THINKING_OFF = { thinking: { type: 'disabled' } } as const;

/**
 * From the vendors' documentation of November 2026. Older guides name deepseek-chat, qwen-turbo, moonshot-v1 and
 * kimi-latest, which were retired during that year. No preset was tested against its vendor.
 */
export const PRESETS: readonly Preset[] = [
  {
    id: 'glm',
    name: both('Zhipu GLM', '智谱 GLM'),
    about: both('Zhipu GLM; this model is free', '智谱 GLM；这个模型免费'),
    baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
    model: 'glm-4-flash',
    keyVariables: ['ZHIPUAI_API_KEY', 'ZHIPU_API_KEY', 'BIGMODEL_API_KEY'],
  },
  {
    id: 'qwen',
    name: both('Alibaba Qwen', '阿里通义千问'),
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    model: 'qwen3.6-flash',
    keyVariables: ['DASHSCOPE_API_KEY'],
    extraBody: { enable_thinking: false },
  },
  {
    id: 'deepseek',
    name: both('DeepSeek', 'DeepSeek'),
    baseUrl: 'https://api.deepseek.com',
    model: 'deepseek-v4-flash',
    keyVariables: ['DEEPSEEK_API_KEY'],
    extraBody: THINKING_OFF,
  },
  {
    id: 'doubao',
    name: both('ByteDance Doubao', '字节豆包'),
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    model: 'doubao-seed-2-0-lite-260428',
    keyVariables: ['ARK_API_KEY'],
    extraBody: THINKING_OFF,
  },
  {
    id: 'moonshot',
    name: both('Moonshot Kimi', '月之暗面 Kimi'),
    baseUrl: 'https://api.moonshot.cn/v1',
    model: 'kimi-k2.6',
    keyVariables: ['MOONSHOT_API_KEY', 'KIMI_API_KEY'],
    extraBody: THINKING_OFF,
    maxTokensField: 'max_completion_tokens',
    fixedSampling: true,
  },
  {
    id: 'siliconflow',
    name: both('SiliconFlow', '硅基流动'),
    baseUrl: 'https://api.siliconflow.cn/v1',
    model: 'Qwen/Qwen3-8B',
    keyVariables: ['SILICONFLOW_API_KEY'],
    extraBody: { enable_thinking: false },
  },
  {
    id: 'openrouter',
    name: both('OpenRouter', 'OpenRouter'),
    baseUrl: 'https://openrouter.ai/api/v1',
    model: 'deepseek/deepseek-v4-flash',
    keyVariables: ['OPENROUTER_API_KEY'],
    extraBody: { reasoning: { enabled: false } },
  },
  {
    id: 'ollama',
    name: both('Ollama', 'Ollama'),
    about: both('Ollama on this machine', '本机的 Ollama'),
    baseUrl: 'http://127.0.0.1:11434/v1',
    discover: discoverOllama,
  },
  {
    id: 'openai',
    name: both('OpenAI', 'OpenAI'),
    baseUrl: 'https://api.openai.com/v1',
    model: 'gpt-4o-mini',
    keyVariables: ['OPENAI_API_KEY'],
    maxTokensField: 'max_completion_tokens',
  },
];
