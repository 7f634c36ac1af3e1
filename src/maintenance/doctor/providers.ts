import type { Config } from '../../config/index.js';
import {
  llmChoiceOf,
  addressOf,
  providers,
  voiceOrder,
  type LanguageModelDescriptor,
  type LlmChoice,
  type RealtimeModelDescriptor,
  type RecognitionServiceDescriptor,
  type VoiceDescriptor,
} from '../../providers/index.js';

/** A service outside this process that the configuration uses. */
export interface Provider {
  /** Configuration key that names the service. */
  readonly key: string;
  readonly url: string;
  /** True if the server starts and answers without the service, e.g. because another service replaces it. */
  readonly optional: boolean;
}

export function providersOf(config: Config): readonly Provider[] {
  const { tts, telemetry } = config;
  const models = llmChoices(config).flatMap(({ key, choice }): readonly Provider[] => {
    const url = modelAddress(choice);
    return url === undefined ? [] : [{ key, url, optional: key === 'llm.fallback' }];
  });
  const voices = voiceServices(config, voiceOrder(providers.voices, tts.provider));
  const recognition = recognitionServices(config).map(({ service: { id }, url }) => ({
    key: `asr.${id}`,
    url,
    optional: config.asr.model !== id,
  }));
  const traces = telemetry.otlp_endpoint;
  return [
    ...models,
    ...voices.map(({ voice: { id }, url }) => ({ key: `tts.${id}`, url, optional: tts.provider !== id })),
    ...recognition,
    ...realtimeServices(config).map(({ model: { id }, url }) => ({ key: `realtime.${id}`, url, optional: true })),
    ...(traces === undefined ? [] : [{ key: 'telemetry.otlp_endpoint', url: traces, optional: true }]),
  ];
}

/** Voices without a network address are left out. */
export function voiceServices(
  { tts }: Config,
  voices: readonly VoiceDescriptor[],
): readonly { readonly voice: VoiceDescriptor; readonly url: string }[] {
  return voices.flatMap((voice) => {
    const url = addressOf(voice, tts);
    return url === undefined ? [] : [{ voice, url }];
  });
}

/** The chosen recognition services that have an address of their own, with their settings. */
export function recognitionServices({ asr }: Config): readonly {
  readonly service: RecognitionServiceDescriptor;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly url: string;
}[] {
  const chosen = new Set([asr.model, ...asr.fallback, ...asr.services]);
  return providers.recognitionServices.flatMap((service) => {
    if (!chosen.has(service.id) || service.address === undefined) return [];
    const settings = service.settings.parse((asr as Readonly<Record<string, unknown>>)[service.id] ?? {});
    const url = settings[service.address];
    return typeof url === 'string' ? [{ service, settings, url }] : [];
  });
}

/** The realtime models that agents may choose, with their settings. */
export function realtimeServices({ realtime }: Config): readonly {
  readonly model: RealtimeModelDescriptor;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly url: string;
}[] {
  return providers.realtimeModels.flatMap((model) => {
    if (!realtime.services.includes(model.id)) return [];
    const settings = model.settings.parse((realtime as Readonly<Record<string, unknown>>)[model.id] ?? {});
    const url = settings[model.address];
    return typeof url === 'string' ? [{ model, settings, url }] : [];
  });
}

/**
 * The configured language models that are reached over the network, with the fallback last. The list is empty if Chorus
 * uses only its offline assistant.
 */
export function llmChoices({
  llm,
}: Config): readonly { readonly key: 'llm' | 'llm.fallback'; readonly choice: LlmChoice }[] {
  const all = [
    { key: 'llm', section: llm },
    { key: 'llm.fallback', section: llm.fallback },
  ] as const;
  return all
    .map(({ key, section }) => ({ key, choice: llmChoiceOf(section, llm) }))
    .filter(({ choice }) => descriptorOf(choice)?.remote === true);
}

const descriptorOf = ({ preset, baseUrl }: LlmChoice): LanguageModelDescriptor | undefined =>
  providers.languageModel(preset, baseUrl);

export const modelAddress = (choice: LlmChoice): string | undefined => choice.baseUrl ?? descriptorOf(choice)?.baseUrl;
