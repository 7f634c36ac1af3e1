import { asChorusError } from '../core/index.js';
import { providers } from '../providers/index.js';
import { openWyomingServer, type Offered, type WyomingServices } from '../wyoming/index.js';
import type { Capacity } from './capacity.js';
import type { Foundation } from './foundation.js';
import { packageVersion } from './package-version.js';
import type { Speech } from './speech.js';
import { mainLanguage } from './start-up.js';

/**
 * Opens the port for programs that use recognition and voices, if one is configured. A failure is only logged, because
 * devices come first.
 */
export async function startWyoming(
  foundation: Foundation,
  { capacity, speech }: { readonly capacity: Pick<Capacity, 'slots'>; readonly speech: Speech },
): Promise<void> {
  const { config, live, root, common } = foundation;
  const { listen, allow, max_streams: maxStreams } = config.wyoming;
  if (listen === undefined) return;
  const services: WyomingServices = {
    recognizer: speech.recognizer,
    slots: capacity.slots,
    voices: () => speech.voices.providers,
    limits: () => ({ firstAudioMs: live.current.tts.timeout_ms, stallMs: live.current.tts.timeout_ms }),
    language: () => mainLanguage(live.current),
    offeredModels: () => offeredModels(foundation, speech),
    offeredVoices: () => offeredVoices(speech),
  };
  const scope = root.child('wyoming');
  try {
    await openWyomingServer({ listen, allow, maxStreams, version: packageVersion(), services, scope, ...common });
  } catch (error) {
    const { code, message } = asChorusError(error);
    common.log.error('Wyoming is not offered', { code, reason: message });
  }
}

/** The chosen recognition service, and the installed recognition models. */
function offeredModels({ live }: Foundation, { models }: Speech): readonly Offered[] {
  const { asr } = live.current;
  const service = providers.recognitionService(asr.model);
  const installed = models.catalogue.filter(
    (model) => model.kind === 'asr' && model.hidden !== true && models.installed(model.id) !== undefined,
  );
  return [
    ...(service ? [{ name: service.id, about: service.about.en, languages: service.languages }] : []),
    ...installed.map(({ id, about, languages }) => ({ name: id, about: about.en, languages })),
  ];
}

/** All voices that can speak now, as `provider:voice`, the preferred one first. */
function offeredVoices({ voices }: Speech): readonly Offered[] {
  return voices.providers.flatMap(({ id, languages }): readonly Offered[] => {
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
