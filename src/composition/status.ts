import type { LostStore } from '../platform/store/index.js';
import type { EngineStatus, ModelProgress } from '../engines/index.js';
import type { EmbeddingFailure, EmbeddingStatus } from '../conversation/knowledge/index.js';
import type { CapacityFacts } from '../capacity/index.js';
import type { Speech } from './speech.js';
import type { MissingVoice } from '../speech/speaking/index.js';

/** The server's status for the terminal and `/readyz`. */
export interface ServerStatus {
  readonly ready: boolean;
  /**
   * Parts that are not ready: worker processes that are starting, `recognition` without a loaded model for the server's
   * language, and `database` while it is lost.
   */
  readonly starting: readonly string[];
  /** Set while the database is lost: connected devices continue, but new ones cannot be identified. */
  readonly store?: LostStore;
  /** Set while the database cannot be written (the disk is full): known devices are served, new ones are not. */
  readonly unwritable?: LostStore;
  readonly models: readonly ModelProgress[];
  /** The models that now recognise the speech of English and of Chinese devices. */
  readonly recognition: { readonly en: string | undefined; readonly zh: string | undefined };
  readonly llm: string;
  readonly voices: readonly string[];
  /** Set only if the configured voice is not installed. */
  readonly missingVoice?: MissingVoice;
  readonly engines: readonly EngineStatus[];
  readonly maxTalking: number;
  readonly capacity: CapacityFacts;
  readonly connections: number;
  /** Set while the service that makes vectors of documents fails. */
  readonly embedding?: EmbeddingFailure;
}

/**
 * Adds the state of the database. A server that cannot read it is not ready. A server that can only read it serves
 * known devices.
 */
export function withStore<T extends Pick<ServerStatus, 'ready' | 'starting'>>(
  known: T,
  { lost, unwritable }: { readonly lost: LostStore | undefined; readonly unwritable: LostStore | undefined },
): T & Pick<ServerStatus, 'store' | 'unwritable'> {
  const status = { ...(unwritable && { unwritable }), ...known };
  return lost === undefined
    ? status
    : { ...status, ready: false, starting: [...status.starting, 'database'], store: lost };
}

/** The part of the status that the embedding service determines. */
export function embeddingStatus(embedding: EmbeddingStatus | undefined): Pick<ServerStatus, 'embedding'> {
  const failing = embedding?.failing;
  return failing ? { embedding: failing } : {};
}

/** The part of the status that speech determines. */
export function speechStatus(
  speech: Speech,
  language: string,
): Omit<ServerStatus, 'llm' | 'maxTalking' | 'capacity' | 'connections'> {
  const { models, recognizer, voices } = speech;
  const engines = speech.engines();
  const hears = recognizer.isReady(language);
  const missingVoice = voices.missing();
  return {
    ready: hears && engines.every((engine) => engine.state === 'ready'),
    starting: [
      ...engines.filter(({ state }) => state === 'starting' || state === 'restarting').map(({ name }) => name),
      ...(hears ? [] : ['recognition']),
    ],
    models: models.progress(),
    recognition: { en: recognizer.modelFor('en-US'), zh: recognizer.modelFor('zh-CN') },
    voices: voices.names(),
    ...(missingVoice && { missingVoice }),
    engines: [...engines, ...speech.prosody.statuses()],
  };
}
