import { People, VoiceprintApi, type VoiceprintApiOptions } from '../conversation/people/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from './foundation.js';

/** People whose voices are known, by the voiceprint service of the configuration in force. */
export function composePeople({ live, http, common: { clock, log } }: Foundation, store: Store): People {
  let made: { readonly by: unknown; readonly service: VoiceprintApi } | undefined;
  return new People({
    store: store.people,
    clock,
    log,
    voiceprints() {
      const by = live.current.voiceprint;
      const { url, api_key: apiKey, threshold } = by;
      if (url === undefined) return undefined;
      // The same client, so that a pause that the service asked for is kept.
      if (made?.by !== by) {
        const options: VoiceprintApiOptions = { url, apiKey, threshold, fetch: http.fetch, clock };
        made = { by, service: new VoiceprintApi(options) };
      }
      return made.service;
    },
  });
}
