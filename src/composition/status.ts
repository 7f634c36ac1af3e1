import type { LostStore } from '../platform/store/index.js';
import type { EngineStatus, ModelProgress } from '../engines/index.js';
import type { EmbeddingFailure, EmbeddingStatus } from '../conversation/knowledge/index.js';
import type { CapacityFacts } from '../capacity/index.js';
import type { Speech } from './speech.js';
import type { MissingVoice } from '../speech/speaking/index.js';

export interface ServerStatus {
  readonly ready: boolean;
  /** Names of starting worker processes, and `recognition` or `database` if they are not ready. */
  readonly starting: readonly string[];
  /** Set while the database is lost. Connected devices continue, but new devices cannot be identified. */
  readonly store?: LostStore;
  /** Set while the database can only be read. Known devices are served, but new devices are not. */
  readonly unwritable?: LostStore;
  readonly models: readonly ModelProgress[];
  readonly recognition: { readonly en: string | undefined; readonly zh: string | undefined };
  readonly llm: string;
  readonly voices: readonly string[];
  /** Set only if the configured voice is not installed. */
  readonly missingVoice?: MissingVoice;
  readonly engines: readonly EngineStatus[];
  readonly maxTalking: number;
  readonly capacity: CapacityFacts;
  readonly connections: number;
  readonly embedding?: EmbeddingFailure;
}

/** A server that cannot read its database is not ready. A server that can only read still serves known devices. */
export function withStore<T extends Pick<ServerStatus, 'ready' | 'starting'>>(
  known: T,
  { lost, unwritable }: { readonly lost: LostStore | undefined; readonly unwritable: LostStore | undefined },
): T & Pick<ServerStatus, 'store' | 'unwritable'> {
  const status = { ...(unwritable && { unwritable }), ...known };
  return lost === undefined
    ? status
    : { ...status, ready: false, starting: [...status.starting, 'database'], store: lost };
}

export function embeddingStatus(embedding: EmbeddingStatus | undefined): Pick<ServerStatus, 'embedding'> {
  const failing = embedding?.failing;
  return failing ? { embedding: failing } : {};
}

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
