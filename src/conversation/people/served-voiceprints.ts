import { ChorusError } from '../../core/index.js';
import type { VoiceprintStore } from '../../platform/store/index.js';
import type { LocalVoiceprints, Similarity } from './local-voiceprints.js';
import { peopleWords } from './words.js';

export interface ServedVoiceprintsOptions {
  readonly key: () => string | undefined;
  /** Undefined if no model is configured. */
  readonly service: () => LocalVoiceprints | undefined;
  readonly store: Pick<VoiceprintStore, 'count' | 'remove'>;
}

/** Voiceprints that this server keeps for another program, under that program's ids. */
export interface ServedVoiceprints {
  /** The key that the program must send, read for each request. If undefined, no program may use the voiceprints. */
  readonly key: string | undefined;
  total(): Promise<number>;
  /** Replaces an earlier voice with this id. `pcm` is 16 kHz mono. */
  register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void>;
  /** The id whose stored voice is most similar to `pcm`. Undefined if no id has a stored voice. */
  identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<Similarity | undefined>;
  /** False if no voice is stored for the id. */
  remove(id: string): Promise<boolean>;
}

/** Prefix of the program's ids in the database. It keeps them apart from the ids of this server's own people. */
const OTHERS = 'api:';

/**
 * Methods reject with the errors of {@link LocalVoiceprints}. Without a model, `register` and `identify` reject with
 * `voiceprint.failed`.
 */
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
