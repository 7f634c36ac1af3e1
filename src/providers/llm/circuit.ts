import type { Clock } from '../../core/index.js';

export interface CircuitOptions {
  /** Failures in a row after which the other side is left alone. */
  readonly failures: number;
  /** For so long; then one try finds out whether it is back. */
  readonly openMs: number;
  readonly clock: Clock;
  readonly onChange: (open: boolean) => void;
}

/** One try. Exactly the first of these calls counts. */
export interface Passage {
  succeeded(): void;
  failed(): void;
  /** It came to no result: the person spoke on. That says nothing about the other side. */
  left(): void;
}

/**
 * A circuit breaker. (The library that guards the voices takes the time from the system and a try that was left for a
 * success; here every barge-in leaves a try, and a dead model would be believed to live.)
 */
export class Circuit {
  #failures = 0;
  #openSinceMs: number | undefined;
  #probing = false;

  constructor(private readonly options: CircuitOptions) {}

  /** Nobody is let through, but for the one who finds out whether the other side is back. */
  get open(): boolean {
    return this.#openSinceMs !== undefined;
  }

  /** Undefined: open, or half open and somebody is trying already. */
  enter(): Passage | undefined {
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
      left: settle(() => undefined),
    };
  }

  #succeeded(): void {
    this.#failures = 0;
    if (this.#openSinceMs === undefined) return;
    this.#openSinceMs = undefined;
    this.options.onChange(false);
  }

  #failed(probe: boolean): void {
    this.#failures += 1;
    if (!probe && (this.#openSinceMs !== undefined || this.#failures < this.options.failures)) return;
    this.#openSinceMs = this.options.clock.nowMs();
    if (!probe) this.options.onChange(true);
  }
}
