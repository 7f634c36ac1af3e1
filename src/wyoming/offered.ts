import type { ModelStore } from '../engines/index.js';
import { providers, type TtsProvider } from '../providers/index.js';
import type { Offered } from './options.js';

/**
 * Lists the chosen recognition service, if any, and the installed models that are not hidden. `chosen` is the value of
 * `asr.model`.
 */
export function offeredModels(chosen: string, models: ModelStore): readonly Offered[] {
  const service = providers.recognitionService(chosen);
  const installed = models.catalogue.filter(
    (model) => model.kind === 'asr' && model.hidden !== true && models.installed(model.id) !== undefined,
  );
  return [
    ...(service ? [{ name: service.id, about: service.about.en, languages: service.languages }] : []),
    ...installed.map(({ id, about, languages }) => ({ name: id, about: about.en, languages })),
  ];
}

/** Lists the voices that can speak now as `provider:voice`, the preferred one first. */
export function offeredVoices(voices: readonly TtsProvider[]): readonly Offered[] {
  return voices.flatMap(({ id, languages }): readonly Offered[] => {
    if (languages.length === 0) return [];
    const { name, voices: known = [] } = providers.voice(id) ?? { name: { en: id } };
    return [
      { name: `${id}:`, about: name.en, languages },
      ...known.map((voice) => ({
        name: `${id}:${voice.name}`,
        about: `${name.en} ${voice.title.en}`,
        languages: [voice.language],
      })),
    ];
  });
}
