import { both, type Bilingual } from '../../../core/index.js';
import {
  isPlaceholder,
  numberOf,
  textOf,
  withoutEndpoint,
  type Branch,
  type ImportedField,
  type ImportedProvider,
  type ImportRow,
} from '../../imported-settings.js';
import { isLocalAddress } from '../../settings.js';
import { PRESETS, type Preset } from './presets.js';

interface ServiceFields {
  readonly url: readonly string[];
  readonly model: string;
  readonly key: string;
}

const USUAL_FIELDS: ServiceFields = { url: ['base_url', 'url'], model: 'model_name', key: 'api_key' };

/** Models that their vendors have switched off. The preset's default model replaces them. */
const RETIRED = /^(deepseek-chat|qwen-turbo(-latest)?|moonshot-v1-\w+|kimi-latest)$/;

/** `address` overrides the address from the settings. Returns undefined if no usable address or model is set. */
function takeService(
  settings: Branch,
  fields: ServiceFields,
  address = serviceAddress(settings, fields),
): ImportedProvider | undefined {
  if (address === undefined) return undefined;
  const urlField = fields.url.find((name) => textOf(settings[name]) !== undefined) ?? fields.url[0] ?? 'base_url';
  const own = presetOf(address);
  const taken: ImportedField[] = [];
  const notes: Bilingual[] = [];
  const add = (field: string, key: string, value: unknown): void => void taken.push({ field, key, value });
  const model = textOf(settings[fields.model]);
  if (!own && (model === undefined || isPlaceholder(model))) return undefined;
  // `llm.preset` is always set. Otherwise the preset of a previously configured model would remain.
  add(urlField, 'llm.preset', own?.id ?? 'none');
  if (!own || withoutEndpoint(own.baseUrl) !== withoutEndpoint(address))
    add(urlField, 'llm.base_url', withoutEndpoint(address));
  if (model !== undefined && !isPlaceholder(model)) {
    if (own && RETIRED.test(model)) {
      notes.push(
        both(
          `The vendor no longer offers ${model}; ${own.model ?? ''} takes its place (llm.model).`,
          `厂商已停用 ${model}，改用 ${own.model ?? ''}（llm.model）。`,
        ),
      );
    } else add(fields.model, 'llm.model', model);
  } else if (own && own.model === undefined) return undefined;
  const key = textOf(settings[fields.key]);
  if (key !== undefined && !isPlaceholder(key)) add(fields.key, 'llm.api_key', key);
  else if (!isLocalAddress(address))
    notes.push(both('There is no key in it: set llm.api_key.', '其中没有密钥：请设置 llm.api_key。'));
  tune(settings, add);
  return { fields: taken, notes };
}

function tune(settings: Branch, add: (field: string, key: string, value: unknown) => void): void {
  const temperature = numberOf(settings['temperature']);
  if (temperature !== undefined && temperature >= 0 && temperature <= 2)
    add('temperature', 'llm.temperature', temperature);
  const maxTokens = numberOf(settings['max_tokens']);
  if (maxTokens !== undefined && Number.isInteger(maxTokens) && maxTokens >= 16 && maxTokens <= 8192)
    add('max_tokens', 'llm.max_tokens', maxTokens);
}

function serviceAddress(settings: Branch, { url }: Pick<ServiceFields, 'url'>): string | undefined {
  for (const name of url) {
    const text = textOf(settings[name]);
    if (text === undefined || isPlaceholder(text) || !URL.canParse(text)) continue;
    const { protocol, hostname } = new URL(text);
    if (/^https?:$/.test(protocol) && hostname !== '') return withoutEndpoint(text);
  }
  return undefined;
}

/** Finds the preset by the host, because guides give different paths. In the local network, the port decides. */
function presetOf(address: string): Preset | undefined {
  const { hostname, port } = new URL(address);
  return PRESETS.find((preset) => {
    const own = new URL(preset.baseUrl);
    return isLocalAddress(preset.baseUrl) ? port === own.port && isLocalAddress(address) : hostname === own.hostname;
  });
}

function withV1(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const base = withoutEndpoint(address);
  return /\/v\d+$/.test(base) ? base : `${base}/v1`;
}

const TO = 'llm.preset, llm.base_url, llm.model, llm.api_key, llm.temperature, llm.max_tokens';

/** Google's address for clients of OpenAI's protocol (Google AI for Developers, "OpenAI compatibility"). */
const GEMINI = 'https://generativelanguage.googleapis.com/v1beta/openai';

export const IMPORTED_MODELS: readonly ImportRow[] = [
  {
    types: ['openai', 'doubao', 'chatglm', 'kimi', 'groq'],
    to: TO,
    about: both(
      'OpenAI-compatible: address, model, key, temperature and length are taken; a known vendor becomes its preset. ' +
        'top_p, top_k and penalties are the model’s own.',
      '兼容 OpenAI：沿用地址、模型、密钥、温度和长度；已知厂商对应预设。top_p、top_k 和惩罚项用模型自己的。',
    ),
    take: (settings) => takeService(settings, USUAL_FIELDS),
  },
  {
    types: ['ollama'],
    to: TO,
    about: both('Ollama, through its compatible interface (/v1).', 'Ollama，通过它的兼容接口（/v1）。'),
    take: (settings) => takeService(settings, USUAL_FIELDS, withV1(serviceAddress(settings, USUAL_FIELDS))),
  },
  {
    types: ['xinference'],
    to: TO,
    about: both('Xinference, through its compatible interface (/v1).', 'Xinference，通过它的兼容接口（/v1）。'),
    take: (settings) => takeService(settings, USUAL_FIELDS, withV1(serviceAddress(settings, USUAL_FIELDS))),
  },
  {
    types: ['volcengine'],
    to: TO,
    about: both(
      'The gateway of Volcengine, OpenAI-compatible at https://HOST/v1.',
      '火山引擎边缘大模型网关，兼容接口为 https://主机/v1。',
    ),
    take: (settings) => takeService(settings, { ...USUAL_FIELDS, url: ['host'] }, hostAddress(settings)),
  },
  {
    types: ['gemini'],
    to: TO,
    about: both(
      'Gemini, through Google’s address for OpenAI-compatible clients. A proxy is not taken.',
      'Gemini，通过谷歌的 OpenAI 兼容地址。代理设置不沿用。',
    ),
    take: (settings) => takeService(settings, { ...USUAL_FIELDS, url: ['base_url'] }, GEMINI),
  },
];

function hostAddress(settings: Branch): string | undefined {
  const host = textOf(settings['host']);
  return host === undefined || isPlaceholder(host) || !/^[a-z0-9.-]+(:\d{1,5})?$/i.test(host)
    ? undefined
    : `https://${host}/v1`;
}
