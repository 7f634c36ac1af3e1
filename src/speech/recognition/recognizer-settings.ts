import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { Slots } from '../../capacity/index.js';
import type { InstalledModel, ModelStore } from '../../engines/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';
import type { AsrEngine } from './held-engine.js';

/** Settings that may change while the server runs. */
export interface RecognizerSettings {
  /** `asr.model`: `auto` or an id of the catalogue. */
  readonly model: string;
  readonly corrections: Readonly<Record<string, string>>;
  /** True: the models that a device needs are fetched (`models.auto_pull`). */
  readonly autoPull: boolean;
  /** Services, asked in this order for the languages that they know; a local model is used only if all of them fail. */
  readonly services?: readonly AsrProvider[];
  /** The recognisers that agents may choose (`asr.services`), by their id; undefined: a model of the catalogue. */
  readonly named?: ReadonlyMap<string, AsrProvider | undefined>;
}

export interface RecognizerOptions extends RecognizerSettings {
  readonly models: Pick<ModelStore, 'catalogue' | 'installed' | 'progressOf' | 'ensure' | 'onChange'>;
  readonly slots: Slots;
  /** Number of simultaneous decodes in one model, all on one copy of its weights (`asr.pool_size`). */
  readonly poolSize: number;
  /** True: each of these decodes has a process with its own weights (`asr.replicas`); default: one process for all. */
  readonly replicas?: boolean;
  /** Threads of each decode (`load.threads`); default 1. */
  readonly threads?: number;
  /** Longest time from the request to the text, waiting included; default 30 s. */
  readonly timeoutMs?: number;
  readonly niceness?: number;
  /** Speech with which a model is tried out before it counts as ready; undefined: it is not tried out. */
  readonly warmUpSpeech?: () => Promise<Int16Array>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  /** For tests; the default starts a supervised sherpa process. */
  openEngine?(installed: InstalledModel): AsrEngine;
}
