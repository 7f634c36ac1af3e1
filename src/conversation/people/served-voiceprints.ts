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

/** Voiceprints that this server keeps for another program, by that program's ids. */
export interface ServedVoiceprints {
  /** The key of that program, read for each request. Undefined: the interface is off. */
  readonly key: string | undefined;
  total(): Promise<number>;
  /** Stores the voice of an id, replacing an earlier one. 16 kHz mono. */
  register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void>;
  /** The most similar of these ids. Undefined: none of them has a voice. */
  identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<Similarity | undefined>;
  /** False: the id has no voice. */
  remove(id: string): Promise<boolean>;
}

/** Prefix of the program's ids, which separates them from the people of this server. */
const OTHERS = 'api:';

/** Errors: `voiceprint.failed` without a model, otherwise those of {@link LocalVoiceprints}. */
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
