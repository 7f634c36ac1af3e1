import { isCancelled, type Scope } from '../../core/index.js';
import type { EngineStatus } from '../../engines/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';

/** A model that is loaded, or is being loaded, in its own process. */
export interface AsrEngine {
  readonly provider: AsrProvider;
  start(): Promise<void>;
  status(): EngineStatus;
  /** CPU time per second of speech, in core seconds, measured during the warm-up. Undefined if nothing was measured. */
  triedCost?(): number | undefined;
}

/** A retired engine ends its process after its work is done. */
export class HeldEngine {
  #uses = 0;
  #retired = false;

  constructor(
    readonly engine: AsrEngine,
    private readonly scope: Scope,
  ) {}

  async use<T>(work: (provider: AsrProvider) => Promise<T>): Promise<T> {
    this.#uses += 1;
    try {
      return await work(this.engine.provider);
    } finally {
      this.#uses -= 1;
      this.#endIfIdle();
    }
  }

  retire(): void {
    this.#retired = true;
    this.#endIfIdle();
  }

  start(onFailure: (error: unknown) => void): void {
    this.scope.fork('start', async () => {
      try {
        await this.engine.start();
      } catch (error) {
        // The engine was retired while it loaded, which is no failure.
        if (!isCancelled(error)) onFailure(error);
      }
    });
  }

  #endIfIdle(): void {
    if (!this.#retired || this.#uses > 0) return;
    // Nobody waits for this close. If the server shuts down first, the parent scope waits for it.
    this.scope.close('no longer used').catch(() => undefined);
  }
}
