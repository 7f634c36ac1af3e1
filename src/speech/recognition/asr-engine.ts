import type { EngineStatus } from '../../engines/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';

/** A model that is loaded, or being loaded, in a process of its own. */
export interface AsrEngine {
  readonly provider: AsrProvider;
  /** Resolves when the model is ready. */
  start(): Promise<void>;
  status(): EngineStatus;
}
