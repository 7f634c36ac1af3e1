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
  /** True: fetches the model of a voice that was chosen or that a device needs (`models.auto_pull`). */
  readonly autoPull: boolean;
  readonly models: Pick<ModelStore, 'installed' | 'ensure'>;
  /** Voices shared with other users. Default: voices of this configuration only. */
  readonly shared?: SharedVoices;
}

/** The chosen voice (`tts.provider`) has no installed model. */
export interface MissingVoice {
  readonly id: string;
  /** True: the model is being fetched. False: it must be installed by hand. */
  readonly fetching: boolean;
  /** Voices that speak until the model is installed, in order. */
  readonly meanwhile: readonly string[];
}

export interface Voices {
  /**
   * Providers in order of preference. The first one that speaks a device's language is used; the rest are fallbacks.
   */
  readonly providers: readonly TtsProvider[];
  /** Ids of the voices that can speak now. */
  names(): readonly string[];
  missing(): MissingVoice | undefined;
  /** Call it when a device of this language has connected. It fetches the voice if needed and returns at once. */
  ensureFor(language: LanguageTag): void;
}

/** The voices of the configuration. */
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

/** Returns the model to fetch for a language that no local voice speaks. Voices of last resort do not count. */
function lacking(providers: readonly TtsProvider[], language: LanguageTag): TtsModel | undefined {
  const primary = primarySubtag(language);
  if (providers.some(({ local, lastResort, languages }) => local && lastResort !== true && languages.includes(primary)))
    return undefined;
  return registry.voices
    .flatMap(({ model }) => model ?? [])
    .find((model) => model.auto && model.languages.includes(primary));
}
