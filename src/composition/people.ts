import {
  LocalVoiceprints,
  People,
  servedVoiceprints,
  VoiceprintApi,
  type ServedVoiceprints,
  type Voiceprints,
} from '../conversation/people/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from './foundation.js';
import { composeVoiceModels, type VoiceModelParts } from './voice-model.js';

export interface PeopleParts {
  /** People whose voices are known. */
  readonly people: People;
  /** People of other programs, by the voiceprint-api. */
  readonly voiceprints: ServedVoiceprints;
}

/** By the voiceprint service or the model of the configuration in force. */
export function composePeople(foundation: Foundation, store: Store, parts: VoiceModelParts): PeopleParts {
  const { live, http, common } = foundation;
  const embedBy = composeVoiceModels(foundation, parts);
  // Else the first who speaks would wait for a download.
  const { model: first } = live.current.voiceprint;
  if (first !== undefined && live.current.models.auto_pull) parts.models.ensure(first);
  const local = whileSame(
    () => live.current.voiceprint,
    ({ model, threshold }) =>
      model === undefined
        ? undefined
        : new LocalVoiceprints({ store: store.voiceprints, model, threshold, embed: embedBy(model) }),
  );
  // The same client, so that a pause that the service asked for is kept.
  const remote = whileSame(
    () => live.current.voiceprint,
    ({ url, api_key: apiKey, threshold }) =>
      url === undefined
        ? undefined
        : new VoiceprintApi({ url, apiKey, threshold, fetch: http.fetch, clock: common.clock }),
  );
  const voiceprints = (): Voiceprints | undefined => remote() ?? local();
  return {
    people: new People({ store: store.people, ...common, voiceprints }),
    voiceprints: servedVoiceprints({
      key: () => live.current.voiceprint.serve_key,
      service: local,
      store: store.voiceprints,
    }),
  };
}

/** The same object until what it is made of is another. The configuration is frozen: other settings are another. */
function whileSame<S, T>(read: () => S, make: (settings: S) => T): () => T {
  let made: { readonly by: S; readonly it: T } | undefined;
  return () => {
    const by = read();
    if (made?.by !== by) made = { by, it: make(by) };
    return made.it;
  };
}
