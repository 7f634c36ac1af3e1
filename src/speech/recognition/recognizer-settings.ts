import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { Slots } from '../../capacity/index.js';
import type { InstalledModel, ModelStore } from '../../engines/index.js';
import type { Circuits } from '../../providers/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';
import type { AsrEngine } from './held-engine.js';

/** Settings that may change while the server runs. */
export interface RecognizerSettings {
  /** `asr.model`: `auto` or an id of the catalogue. */
  readonly model: string;
  readonly corrections: Readonly<Record<string, string>>;
  /** True: models that a device needs are fetched (`models.auto_pull`). */
  readonly autoPull: boolean;
  /**
   * Services in order of preference, used for the languages they know. A local model is used only if all of them fail.
   */
  readonly services?: readonly AsrProvider[];
  /** Recognisers that agents may choose (`asr.services`), by id. An undefined value is a model of the catalogue. */
  readonly named?: ReadonlyMap<string, AsrProvider | undefined>;
}

export interface RecognizerOptions extends RecognizerSettings {
  readonly models: Pick<ModelStore, 'catalogue' | 'installed' | 'progressOf' | 'ensure' | 'onChange'>;
  readonly slots: Slots;
  /** Number of simultaneous decodes in one model. All of them share one copy of its weights (`asr.pool_size`). */
  readonly poolSize: number;
  /** True: each of these decodes has its own process and weights (`asr.replicas`). Default: one process for all. */
  readonly replicas?: boolean;
  /** Threads of each decode (`load.threads`); default 1. */
  readonly threads?: number;
  /** Longest time from the request to the text, including waiting. Default 30 s. */
  readonly timeoutMs?: number;
  readonly niceness?: number;
  /** The circuits of the services of all configurations. Default: those of this one. */
  readonly circuits?: Circuits;
  /** Speech used to warm up a model before it counts as ready. Undefined: no warm-up. */
  readonly warmUpSpeech?: () => Promise<Int16Array>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  /** Replaced in tests. The default starts a supervised sherpa process. */
  openEngine?(installed: InstalledModel): AsrEngine;
}
