import type { BrowserClock } from './browser-clock.js';

export interface PollerOptions {
  readonly clock: BrowserClock;
  readonly everyMs: number;
  /** With each failure the interval doubles, up to `everyMs` times this factor. */
  readonly slowestFactor: number;
  readonly work: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  /** While the page is hidden, nothing is requested. */
  readonly hidden: () => boolean;
}

/** Asks the server again and again, with one request at a time. The interval grows while requests fail. */
export class Poller {
  #cancel: (() => void) | undefined;
  #failures = 0;
  #busy = false;
  #again = false;
  #stopped = false;

  constructor(private readonly options: PollerOptions) {}

  /**
   * Sends a request at once, or after the present one. Call this when the page was opened, became visible or changed
   * something.
   */
  now(): void {
    if (this.#stopped) return;
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#busy) this.#again = true;
    else void this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #ask(): Promise<void> {
    if (this.options.hidden()) return;
    this.#busy = true;
    try {
      await this.options.work();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      if (!this.#stopped) this.options.onFailure(error);
    }
    this.#busy = false;
    if (this.#stopped) return;
    const { everyMs, slowestFactor, clock } = this.options;
    const delayMs = everyMs * Math.min(2 ** this.#failures, slowestFactor);
    if (this.#again) {
      this.#again = false;
      void this.#ask();
    } else this.#cancel = clock.after(delayMs, () => void this.#ask());
  }
}
