import { LLM_PRESETS, type LlmPresetName } from '../../conversation/dialogue/index.js';
import { both, type Bilingual } from '../bilingual.js';
import { isPlaceholder, numberOf, textOf, type Branch } from '../tree.js';
import type { ProviderTaken, Taking } from './row.js';

/** Where the settings of an OpenAI-compatible language model stand. */
export interface ServiceFields {
  /** Names of the field with the address, the first that is set counts. */
  readonly url: readonly string[];
  readonly model: string;
  readonly key: string;
}

export const USUAL_FIELDS: ServiceFields = { url: ['base_url', 'url'], model: 'model_name', key: 'api_key' };

/** Models that their vendors have switched off since: the preset's own takes their place (see dialogue/openai/presets.ts). */
const RETIRED = /^(deepseek-chat|qwen-turbo(-latest)?|moonshot-v1-\w+|kimi-latest)$/;

/**
 * A language model that speaks OpenAI's protocol. `address`: as it is to be asked, when that is not what stands in the settings.
 * Undefined: there is no usable address or model.
 */
export function takeService(
  settings: Branch,
  fields: ServiceFields,
  address = serviceAddress(settings, fields),
): ProviderTaken | undefined {
  if (address === undefined) return undefined;
  const urlField = fields.url.find((name) => textOf(settings[name]) !== undefined) ?? fields.url[0] ?? 'base_url';
  const preset = presetOf(address);
  const takings: Taking[] = [];
  const notes: Bilingual[] = [];
  const add = (field: string, key: string, value: unknown): void => void takings.push({ field, key, value });
  const own = preset && LLM_PRESETS[preset];
  const model = textOf(settings[fields.model]);
  if (!own && (model === undefined || isPlaceholder(model))) return undefined;
  // A key that is set must not survive from a model that was configured before.
  add(urlField, 'llm.preset', preset ?? 'none');
  if (!own || trimmed(own.baseUrl) !== trimmed(address)) add(urlField, 'llm.base_url', trimmed(address));
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
  else if (preset !== 'ollama' && !isLocal(address))
    notes.push(both('There is no key in it: set llm.api_key.', '其中没有密钥：请设置 llm.api_key。'));
  tune(settings, add);
  return { takings, notes };
}

function tune(settings: Branch, add: (field: string, key: string, value: unknown) => void): void {
  const temperature = numberOf(settings['temperature']);
  if (temperature !== undefined && temperature >= 0 && temperature <= 2)
    add('temperature', 'llm.temperature', temperature);
  const maxTokens = numberOf(settings['max_tokens']);
  if (maxTokens !== undefined && Number.isInteger(maxTokens) && maxTokens >= 16 && maxTokens <= 8192)
    add('max_tokens', 'llm.max_tokens', maxTokens);
}

/** Undefined: none, or nothing that could be asked. */
export function serviceAddress(settings: Branch, { url }: Pick<ServiceFields, 'url'>): string | undefined {
  for (const name of url) {
    const text = textOf(settings[name]);
    if (text === undefined || isPlaceholder(text) || !URL.canParse(text)) continue;
    const { protocol, hostname } = new URL(text);
    if (/^https?:$/.test(protocol) && hostname !== '') return trimmed(text);
  }
  return undefined;
}

/** By the host: the path differs from guide to guide. */
function presetOf(address: string): LlmPresetName | undefined {
  const { hostname, port } = new URL(address);
  for (const [name, preset] of Object.entries(LLM_PRESETS)) {
    const own = new URL(preset.baseUrl);
    if (name === 'ollama' ? port === own.port && isLocal(address) : hostname === own.hostname)
      return name as LlmPresetName;
  }
  return undefined;
}

/** A service of the own network asks for no key. */
export function isLocal(address: string): boolean {
  return /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[|host\.docker\.internal$|[^.]+$|.*\.(local|lan|internal)$)/i.test(
    new URL(address).hostname,
  );
}

/** Without the slash at the end, and without what a client appends by itself. */
export function trimmed(address: string): string {
  return address
    .replace(/\/+$/, '')
    .replace(/\/(chat\/completions|audio\/speech)$/, '')
    .replace(/\/+$/, '');
}

/** `/v1` behind the address of a server that has its compatible interface there. */
export function withV1(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const base = trimmed(address);
  return /\/v\d+$/.test(base) ? base : `${base}/v1`;
}
