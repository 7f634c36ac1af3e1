import type { Config } from '../../config/index.js';
import { LLM_PRESETS } from '../../conversation/dialogue/index.js';
import type { LlmChoice } from '../../conversation/dialogue/index.js';

/** A service outside this process that the configuration calls for. */
export interface Provider {
  /** Key of the configuration that names it. */
  readonly key: string;
  readonly name: string;
  readonly url: string;
  /** Somebody else steps in where it cannot be reached: a local voice, nobody for traces. */
  readonly optional: boolean;
}

/** The services that the configured server asks, and no others. */
export function providersOf(config: Config): readonly Provider[] {
  const { tts, telemetry } = config;
  const providers: Provider[] = [];
  for (const { key, choice } of llmChoices(config)) {
    const url = addressOf(choice);
    if (url !== undefined)
      providers.push({ key, name: choice.preset ?? 'openai-compatible', url, optional: key === 'llm.fallback' });
  }
  if (['auto', 'edge', 'openai'].includes(tts.provider))
    providers.push({ key: 'tts.edge', name: 'Edge', url: tts.edge.url, optional: tts.provider !== 'edge' });
  if (tts.provider === 'openai')
    providers.push({ key: 'tts.openai', name: 'openai', url: tts.openai.base_url, optional: false });
  if (telemetry.otlp_endpoint !== undefined)
    providers.push({
      key: 'telemetry.otlp_endpoint',
      name: 'OpenTelemetry',
      url: telemetry.otlp_endpoint,
      optional: true,
    });
  return providers;
}

/** The language models that are configured, the fallback last; none: the offline assistant. */
export function llmChoices({
  llm,
}: Config): readonly { readonly key: 'llm' | 'llm.fallback'; readonly choice: LlmChoice }[] {
  const all = [
    { key: 'llm', section: llm },
    { key: 'llm.fallback', section: llm.fallback },
  ] as const;
  return all
    .map(({ key, section }) => ({
      key,
      choice: {
        preset: section.preset === 'none' ? undefined : section.preset,
        baseUrl: section.base_url,
        model: section.model,
        apiKey: section.api_key,
      },
    }))
    .filter(
      ({ choice }) => choice.preset !== 'offline' && (choice.preset !== undefined || choice.baseUrl !== undefined),
    );
}

export function addressOf({ preset, baseUrl }: LlmChoice): string | undefined {
  return baseUrl ?? (preset === undefined || preset === 'offline' ? undefined : LLM_PRESETS[preset].baseUrl);
}

export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');
