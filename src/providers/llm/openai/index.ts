import { both } from '../../../core/index.js';
import {
  defineLanguageModel,
  type LanguageModelContext,
  type LanguageModelDescriptor,
  type LanguageModelSettings,
} from '../../descriptor.js';
import type { LlmProvider } from '../llm-port.js';
import { isLocalAddress } from '../../settings.js';
import { IMPORTED_MODELS } from './imported.js';
import { PRESETS, type Preset } from './presets.js';
import { createOpenAiLlm } from './provider.js';

export const openAiPresets: readonly LanguageModelDescriptor[] = PRESETS.map((preset) => {
  const { id, name, about = name, baseUrl, model, keyVariables, discover } = preset;
  return defineLanguageModel({
    id,
    name,
    about,
    local: isLocalAddress(baseUrl),
    ...(keyVariables && { key: { variables: keyVariables, required: true } }),
    chosenBy: 'preset',
    remote: true,
    baseUrl,
    ...(model !== undefined && { model }),
    ...(discover && { discover }),
    unproven: true,
    create: (settings, context) => create(id, preset, settings, context),
  });
});

/** Any other service with OpenAI's protocol, selected by `llm.base_url`. */
export const openAiCompatible = defineLanguageModel({
  id: 'openai-compatible',
  name: both('OpenAI-compatible', 'OpenAI 兼容服务'),
  about: both('Any service that speaks OpenAI’s protocol.', '任何使用 OpenAI 协议的服务。'),
  local: false,
  key: { variables: [], required: false },
  chosenBy: 'address',
  remote: true,
  importFrom: IMPORTED_MODELS,
  create: (settings, context) => create('openai-compatible', undefined, settings, context),
});

function create(
  name: string,
  preset: Preset | undefined,
  settings: LanguageModelSettings,
  { clock, log, http }: LanguageModelContext,
): LlmProvider {
  const { baseUrl, model, apiKey, firstTokenMs: silenceMs, replyMs } = settings;
  return createOpenAiLlm({
    name,
    baseUrl,
    model,
    apiKey: apiKey === '' ? undefined : apiKey,
    // A self-hosted service decides whether it needs a key. Many need none.
    keyless: preset?.keyVariables === undefined,
    local: isLocalAddress(baseUrl),
    limits: { silenceMs, replyMs },
    temperature: preset?.fixedSampling ? undefined : settings.temperature,
    maxTokensField: preset?.maxTokensField,
    // `extraBody` applies only to the preset's default model.
    ofModel:
      preset?.model !== undefined && preset.extraBody
        ? { model: preset.model, extraBody: preset.extraBody }
        : undefined,
    clock,
    log,
    ...(http && { http }),
  });
}
