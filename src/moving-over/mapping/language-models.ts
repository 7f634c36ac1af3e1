import { both, type Bilingual } from '../bilingual.js';
import { isPlaceholder, textOf, type Branch } from '../tree.js';
import { serviceAddress, takeService, USUAL_FIELDS, withV1 } from './openai-service.js';
import type { ProviderRow, ProviderTaken } from './row.js';

const TO = 'llm.preset, llm.base_url, llm.model, llm.api_key, llm.temperature, llm.max_tokens';

/** Gemini's own address for clients of OpenAI's protocol (Google AI for Developers, "OpenAI compatibility"). */
const GEMINI = 'https://generativelanguage.googleapis.com/v1beta/openai';

/** A service with a protocol of its own. */
const none = (types: readonly string[], en: string, zh: string): ProviderRow => ({
  module: 'LLM',
  types,
  about: both(
    `${en} Until then the offline assistant answers; nearest: llm.preset with a key (\`chorus setup\` tries one).`,
    `${zh}在此之前由离线助手回答；最接近的做法：llm.preset 加密钥（\`chorus setup\` 可以试用）。`,
  ),
});

/** Language models, by their `type`. */
export const LANGUAGE_MODELS: readonly ProviderRow[] = [
  {
    module: 'LLM',
    types: ['openai', 'doubao', 'chatglm', 'kimi', 'groq'],
    to: TO,
    about: both(
      'OpenAI-compatible: address, model, key, temperature and length are taken; a known vendor becomes its preset. top_p, top_k and penalties are the model’s own.',
      '兼容 OpenAI：沿用地址、模型、密钥、温度和长度；已知厂商对应预设。top_p、top_k 和惩罚项用模型自己的。',
    ),
    take: (settings) => takeService(settings, USUAL_FIELDS),
  },
  {
    module: 'LLM',
    types: ['ollama'],
    to: TO,
    about: both('Ollama, through its compatible interface (/v1).', 'Ollama，通过它的兼容接口（/v1）。'),
    take: (settings) => takeService(settings, USUAL_FIELDS, withV1(serviceAddress(settings, USUAL_FIELDS))),
  },
  {
    module: 'LLM',
    types: ['xinference'],
    to: TO,
    about: both('Xinference, through its compatible interface (/v1).', 'Xinference，通过它的兼容接口（/v1）。'),
    take: (settings) => takeService(settings, USUAL_FIELDS, withV1(serviceAddress(settings, USUAL_FIELDS))),
  },
  {
    module: 'LLM',
    types: ['volcengine'],
    to: TO,
    about: both(
      'The gateway of Volcengine, OpenAI-compatible at https://HOST/v1.',
      '火山引擎边缘大模型网关，兼容接口为 https://主机/v1。',
    ),
    take: (settings) => takeService(settings, { ...USUAL_FIELDS, url: ['host'] }, hostAddress(settings)),
  },
  {
    module: 'LLM',
    types: ['gemini'],
    to: TO,
    about: both(
      'Gemini, through Google’s address for OpenAI-compatible clients. A proxy is not taken.',
      'Gemini，通过谷歌的 OpenAI 兼容地址。代理设置不沿用。',
    ),
    take: (settings) => takeService(settings, { ...USUAL_FIELDS, url: ['base_url'] }, GEMINI),
  },
  {
    module: 'LLM',
    types: ['fastgpt'],
    to: TO,
    about: both(
      'FastGPT, through its OpenAI-compatible interface; its app decides about model and prompt. Variables are not sent.',
      'FastGPT，通过它的 OpenAI 兼容接口；模型和提示词由应用决定。不发送 variables。',
    ),
    take: takeFastGpt,
  },
  none(['dify'], 'Dify has a protocol of its own.', 'Dify 使用自己的协议。'),
  none(['coze'], 'Coze has a protocol of its own.', '扣子（Coze）使用自己的协议。'),
  none(
    ['AliBL'],
    'An app of Bailian has a protocol of its own; the same key opens llm.preset qwen.',
    '百炼应用使用自己的协议；同一个密钥可用于 llm.preset qwen。',
  ),
  none(
    ['homeassistant'],
    'Home Assistant as a conversation partner has a protocol of its own.',
    'Home Assistant 对话代理使用自己的协议。',
  ),
  none(
    ['langflow', 'codex', 'zgc_agent', 'hybrid_router', 'doubao_cache', 'aistudio'],
    'Not a part of that server everywhere, and with a protocol of its own.',
    '并非该服务器通用的类型，使用自己的协议。',
  ),
];

function hostAddress(settings: Branch): string | undefined {
  const host = textOf(settings['host']);
  return host === undefined || isPlaceholder(host) || !/^[a-z0-9.-]+(:\d{1,5})?$/i.test(host)
    ? undefined
    : `https://${host}/v1`;
}

function takeFastGpt(settings: Branch): ProviderTaken | undefined {
  const taken = takeService({ ...settings, model_name: 'fastgpt' }, USUAL_FIELDS);
  if (!taken || /^https?:\/\/host\//.test(textOf(settings['base_url']) ?? '')) return undefined;
  const notes: Bilingual[] =
    settings['variables'] === undefined ? [] : [both('Its variables are not sent.', '不发送 variables。')];
  return { ...taken, notes: [...(taken.notes ?? []), ...notes] };
}
