import type { Clock } from '../core/index.js';

export interface CircuitOptions {
  readonly failures: number;
  readonly openMs: number;
  readonly clock: Clock;
  readonly onChange?: (open: boolean) => void;
}

export const SERVICE_CIRCUIT: Readonly<Pick<CircuitOptions, 'failures' | 'openMs'>> = { failures: 3, openMs: 30_000 };

/** Only the first call of any of these methods has an effect. */
export interface CircuitCall {
  succeeded(): void;
  failed(): void;
  /** The call was cancelled, for example by barge-in. This says nothing about the provider. */
  released(): void;
}

/**
 * A circuit breaker that ignores cancelled calls. Libraries count a cancelled call as a success. Every barge-in cancels
 * a call, so a dead provider would seem to work.
 */
export class Circuit {
  #failures = 0;
  #openSinceMs: number | undefined;
  #probing = false;

  constructor(private readonly options: CircuitOptions) {}

  get open(): boolean {
    return this.#openSinceMs !== undefined;
  }

  /**
   * Begins a call. Returns undefined while the circuit is open, but lets one call at a time through as a test after
   * `openMs`.
   */
  enter(): CircuitCall | undefined {
    const probe = this.#openSinceMs !== undefined;
    if (this.#openSinceMs !== undefined) {
      if (this.#probing || this.options.clock.nowMs() - this.#openSinceMs < this.options.openMs) return undefined;
      this.#probing = true;
    }
    let settled = false;
    const settle = (result: () => void) => (): void => {
      if (settled) return;
      settled = true;
      if (probe) this.#probing = false;
      result();
    };
    return {
      succeeded: settle(() => this.#succeeded()),
      failed: settle(() => this.#failed(probe)),
      released: settle(() => undefined),
    };
  }

  #succeeded(): void {
    this.#failures = 0;
    if (this.#openSinceMs === undefined) return;
    this.#openSinceMs = undefined;
    this.options.onChange?.(false);
  }

  #failed(probe: boolean): void {
    this.#failures += 1;
    if (!probe && (this.#openSinceMs !== undefined || this.#failures < this.options.failures)) return;
    this.#openSinceMs = this.options.clock.nowMs();
    if (!probe) this.options.onChange?.(true);
  }
}
