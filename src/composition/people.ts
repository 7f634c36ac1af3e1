import {
  LocalVoiceprints,
  People,
  servedVoiceprints,
  VoiceprintApi,
  type ServedVoiceprints,
  type Voiceprints,
  createVoiceModels,
  type VoiceModelParts,
} from '../conversation/people/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from '../config/index.js';

export interface PeopleParts {
  readonly people: People;
  /** Serves the voiceprints of this server to other programs, with the HTTP interface of `voiceprint-api`. */
  readonly voiceprints: ServedVoiceprints;
}

export function composePeople(foundation: Foundation, store: Store, parts: VoiceModelParts): PeopleParts {
  const { live, http, common } = foundation;
  const embedBy = createVoiceModels(foundation, parts);
  // Fetches the model now, because otherwise the first person who speaks would wait for the download.
  const { model: first } = live.current.voiceprint;
  if (first !== undefined && live.current.models.auto_pull) parts.models.ensure(first);
  const local = whileSame(
    () => live.current.voiceprint,
    ({ model, threshold }) =>
      model === undefined
        ? undefined
        : new LocalVoiceprints({ store: store.voiceprints, model, threshold, embed: embedBy(model) }),
  );
  // The client is kept, because it remembers a pause that the service asked for.
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

/**
 * Makes a new object only if `read` returns another object. The configuration is frozen, so changed settings are always
 * another object.
 */
function whileSame<S, T>(read: () => S, make: (settings: S) => T): () => T {
  let made: { readonly by: S; readonly it: T } | undefined;
  return () => {
    const by = read();
    if (made?.by !== by) made = { by, it: make(by) };
    return made.it;
  };
}
