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

/** Voiceprints that this server keeps for another program, under that program's ids. */
export interface ServedVoiceprints {
  /** The key that the program must send. It is read for each request. Undefined: no program may use the voiceprints. */
  readonly key: string | undefined;
  total(): Promise<number>;
  /** Stores the voice of an id. It replaces an earlier voice. `pcm`: 16 kHz mono. */
  register(id: string, pcm: Int16Array, signal: AbortSignal): Promise<void>;
  /** The id whose stored voice is most similar to `pcm`. Undefined: no voice is stored for any of the ids. */
  identify(ids: readonly string[], pcm: Int16Array, signal: AbortSignal): Promise<Similarity | undefined>;
  /** Removes the voice of an id. False: no voice is stored for it. */
  remove(id: string): Promise<boolean>;
}

/** Prefix of that program's ids in the database. It separates them from this server's own people. */
const OTHERS = 'api:';

/**
 * Keeps voiceprints for another program. Errors: `voiceprint.failed` without a model, otherwise those of {@link
 * LocalVoiceprints}.
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
