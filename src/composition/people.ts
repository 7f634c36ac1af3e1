import { LocalVoiceprints, People, VoiceprintApi, type Voiceprints } from '../conversation/people/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from './foundation.js';
import { composeVoiceModels, type VoiceModelParts } from './voice-model.js';

/** People whose voices are known, by the voiceprint service or the model of the configuration in force. */
export function composePeople(foundation: Foundation, store: Store, parts: VoiceModelParts): People {
  const { live, common } = foundation;
  const embedBy = composeVoiceModels(foundation, parts);
  const { model } = live.current.voiceprint;
  // Else the first who speaks would wait for a download.
  if (model !== undefined && live.current.models.auto_pull) parts.models.ensure(model);
  let made: { readonly by: unknown; readonly service: Voiceprints | undefined } | undefined;
  return new People({
    store: store.people,
    ...common,
    voiceprints() {
      const by = live.current.voiceprint;
      // The same service, so that a pause that it asked for is kept.
      if (made?.by !== by) made = { by, service: serviceOf(foundation, store, embedBy) };
      return made.service;
    },
  });
}

function serviceOf(
  { live, http: { fetch }, common: { clock } }: Foundation,
  { voiceprints: store }: Store,
  embedBy: ReturnType<typeof composeVoiceModels>,
): Voiceprints | undefined {
  const { url, api_key: apiKey, threshold, model } = live.current.voiceprint;
  if (url !== undefined) return new VoiceprintApi({ url, apiKey, threshold, fetch, clock });
  return model === undefined ? undefined : new LocalVoiceprints({ store, model, threshold, embed: embedBy(model) });
}
