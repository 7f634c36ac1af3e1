import { asChorusError, type Clock, type Logger, type Metrics, type Scope } from '../../core/index.js';
import { type Cpu, isVariantUsable } from './int8/cpu.js';
import type { InstalledModel, ModelProgress, Optimisation } from './model-store-port.js';

export interface ModelFormsOptions {
  /** The folder of all models. */
  readonly directory: string;
  readonly int8?: 'auto' | 'off';
  readonly cpu?: Cpu;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly freeBytes: (directory: string) => Promise<number>;
}

type OnProgress = (progress: Pick<ModelProgress, 'state' | 'receivedBytes' | 'totalBytes' | 'mirror'>) => void;

/** Which form of a model is run here: as it was published, or rewritten for this CPU. */
export class ModelForms {
  constructor(private readonly options: ModelFormsOptions) {}

  /** Without the variant where it may not be used: switched off, or compared on another machine. */
  fitting(installed: InstalledModel): InstalledModel {
    const { variant, ...plain } = installed;
    return variant && this.options.int8 === 'auto' && isVariantUsable(variant, this.options.cpu) ? installed : plain;
  }

  /** The caller holds the model's lock. Errors: see `ModelStore.optimise`. */
  async optimise(installed: InstalledModel, signal: AbortSignal, onProgress: OnProgress): Promise<Optimisation> {
    if (this.options.int8 !== 'auto') return { state: 'refused', reason: 'off', detail: 'models.int8 is off' };
    // Child processes and what else it takes: loaded only for this.
    const { optimise } = await import('./int8/optimise.js');
    return optimise({ ...this.options, installed, signal, onProgress });
  }

  /** With the quicker form, if there is one for this CPU. What goes wrong is no reason not to use the model as it is. */
  async best(installed: InstalledModel, signal: AbortSignal, onProgress: OnProgress): Promise<InstalledModel> {
    const { model } = installed;
    if (this.options.int8 !== 'auto' || model.kind !== 'asr' || model.int8 === undefined) return installed;
    try {
      const outcome = await this.optimise(installed, signal, onProgress);
      if (outcome.state !== 'refused') return { ...installed, variant: outcome.variant };
      const { reason, detail } = outcome;
      this.options.log[reason === 'different' ? 'warn' : 'info']('a model is used as it was published', {
        model: model.id,
        reason,
        detail,
      });
    } catch (error) {
      signal.throwIfAborted();
      this.options.log.warn('a model could not be rewritten for this CPU and is used as it was published', {
        model: model.id,
        reason: asChorusError(error).message,
      });
    }
    return installed;
  }
}
