import { ChorusError } from '../../core/index.js';
import type { VoiceprintStore } from '../../platform/store/index.js';
import type { LocalVoiceprints, Similarity } from './local-voiceprints.js';
import { peopleWords } from './words.js';

export interface ServedVoiceprintsOptions {
  /** The configured `voiceprint.serve_key`. */
  readonly key: () => string | undefined;
  /** Undefined: no model is configured. */
  readonly service: () => LocalVoiceprints | undefined;
  readonly store: Pick<VoiceprintStore, 'count' | 'remove'>;
}

/** The voiceprints of another program's people, by the ids of that program. */
export interface ServedVoiceprints {
  /** The key of that program, read for each request. Undefined: nothing is served. */
  readonly key: string | undefined;
  total(): Promise<number>;
  /** Replaces the voice of that id. 16 kHz mono. */
  register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void>;
  /** The most similar of these ids. Undefined: none of them has a voice. */
  identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<Similarity | undefined>;
  /** False: there is no voice of that id. */
  remove(id: string): Promise<boolean>;
}

/** Prefix of that program's ids, so that it neither sees nor replaces the people of this server. */
const OTHERS = 'api:';

/** Errors: `voiceprint.failed` without a model; else those of {@link LocalVoiceprints}. */
export function servedVoiceprints(options: ServedVoiceprintsOptions): ServedVoiceprints {
  const service = (): LocalVoiceprints => {
    const found = options.service();
    if (found) return found;
    throw new ChorusError('voiceprint.failed', peopleWords.noModel);
  };
  return {
    get key() {
      return options.key();
    },
    total: () => options.store.count(OTHERS),
    register: async (id, pcm, signal) => service().register(OTHERS + id, pcm, signal),
    async identify(ids, pcm, signal) {
      const all = ids.map((id) => OTHERS + id);
      const best = await service().mostSimilar(all, pcm, signal);
      return best && { ...best, id: best.id.slice(OTHERS.length) };
    },
    remove: (id) => options.store.remove(OTHERS + id),
  };
}
