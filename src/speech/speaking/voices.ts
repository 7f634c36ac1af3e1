import type { Config } from '../../config/index.js';
import { type LanguageTag, primarySubtag } from '../../core/index.js';
import type { ModelStore, TtsModel } from '../../engines/index.js';
import {
  createVoices,
  providers as registry,
  type SharedVoices,
  type TtsProvider,
  type VoicesContext,
} from '../../providers/index.js';

export interface VoicesOptions extends Omit<VoicesContext, 'models'> {
  readonly config: Config['tts'];
  /** True if the server may download the models of voices itself (`models.auto_pull`). */
  readonly autoPull: boolean;
  readonly models: Pick<ModelStore, 'installed' | 'ensure'>;
  readonly shared?: SharedVoices;
}

/** The chosen voice (`tts.provider`) if its model is not installed. */
export interface MissingVoice {
  readonly id: string;
  /** True if the server downloads the model. If false, it must be installed by hand. */
  readonly fetching: boolean;
  /** The voices that speak until the model is installed, in this order. */
  readonly meanwhile: readonly string[];
}

export interface Voices {
  /** In order of preference. If the first one that speaks a device's language fails, the others replace it. */
  readonly providers: readonly TtsProvider[];
  names(): readonly string[];
  missing(): MissingVoice | undefined;
  /** Call it when a device with this language has connected. Downloads a voice if needed, and returns at once. */
  ensureFor(language: LanguageTag): void;
}

export function createConfiguredVoices({ config, autoPull, shared, ...context }: VoicesOptions): Voices {
  const { models } = context;
  const providers = createVoices(config, context, shared);
  const names = (): readonly string[] => providers.filter(({ languages }) => languages.length > 0).map(({ id }) => id);
  const chosen = registry.voice(config.provider)?.model;
  if (chosen && autoPull) models.ensure(chosen.id);
  return {
    providers,
    names,
    missing: () =>
      chosen && models.installed(chosen.id) === undefined
        ? { id: chosen.id, fetching: autoPull, meanwhile: names() }
        : undefined,
    ensureFor(language) {
      const model = autoPull ? lacking(providers, language) : undefined;
      if (model) models.ensure(model.id);
    },
  };
}

/** Returns the model to download for a language that no local voice speaks. A voice of last resort does not count. */
function lacking(providers: readonly TtsProvider[], language: LanguageTag): TtsModel | undefined {
  const primary = primarySubtag(language);
  if (providers.some(({ local, lastResort, languages }) => local && lastResort !== true && languages.includes(primary)))
    return undefined;
  return registry.voices
    .flatMap(({ model }) => model ?? [])
    .find((model) => model.auto && model.languages.includes(primary));
}
