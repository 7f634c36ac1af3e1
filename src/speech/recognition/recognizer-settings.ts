import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { Slots } from '../../capacity/index.js';
import type { InstalledModel, ModelStore } from '../../engines/index.js';
import type { Circuits } from '../../providers/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';
import type { AsrEngine } from './held-engine.js';

export interface RecognizerSettings {
  /** `auto`, or the id of the local model that `asr.model` names. */
  readonly model: string;
  readonly corrections: Readonly<Record<string, string>>;
  /** If true, a model that a device needs is downloaded (`models.auto_pull`). */
  readonly autoPull: boolean;
  /** Services in order of preference, each for its languages. A local model is used only if no service answers. */
  readonly services?: readonly AsrProvider[];
  /** The recognisers of `asr.services`, by id. The value is undefined if the id names a model. */
  readonly named?: ReadonlyMap<string, AsrProvider | undefined>;
}

export interface RecognizerOptions extends RecognizerSettings {
  readonly models: Pick<ModelStore, 'catalogue' | 'installed' | 'progressOf' | 'ensure' | 'onChange'>;
  readonly slots: Slots;
  /** Maximum number of simultaneous decodings with one model, which share its weights (`asr.pool_size`). */
  readonly poolSize: number;
  /** True if each decoding has a process and weights of its own (`asr.replicas`). By default, all share one process. */
  readonly replicas?: boolean;
  /** Threads of each decoding (`load.threads`). Default: 1. */
  readonly threads?: number;
  /** Longest time from the request to the text, including waiting. Default: 30 s. */
  readonly timeoutMs?: number;
  readonly niceness?: number;
  /** Circuit breakers that are shared with other configurations. By default, new ones are created. */
  readonly circuits?: Circuits;
  /** Speech for the warm-up of a model. If undefined, there is no warm-up. */
  readonly warmUpSpeech?: () => Promise<Int16Array>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  /** Replaced in tests. The default starts a supervised sherpa process. */
  openEngine?(installed: InstalledModel): AsrEngine;
}
