import { ChorusError, sleep, type Clock, type ErrorCode, type Logger, type Metrics } from '../../core/index.js';

export interface ReachabilityOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Asks the database for next to nothing. Undefined: it is in this process, and always there. */
  readonly ping: (() => Promise<void>) | undefined;
}

/** A database that does not answer. */
export interface LostStore {
  readonly sinceMs: number;
  readonly code: ErrorCode;
  /** Without user and password. */
  readonly message: string;
}

/** Between two looks at a database that answers, and at one that does not. */
const CALM_MS = 10_000;
const LOST_MS = 2000;

/** Whether the database can be reached: by how every operation ends, and by looking while nobody asks it for anything. */
export class Reachability {
  #lost: LostStore | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly options: ReachabilityOptions) {
    options.metrics.gauge('chorus_store_up', 1);
  }

  /** Undefined: it is there. */
  get lost(): LostStore | undefined {
    return this.#lost;
  }

  /** How an operation ended; an answer that says no is an answer. */
  note(error: unknown): void {
    if (error instanceof ChorusError && (error.code === 'store.unreachable' || error.code === 'store.refused'))
      this.#gone(error);
    else this.#there();
  }

  /** Something speaks for it that the database is gone: it is looked at once. */
  doubt(): void {
    this.#wake?.();
  }

  /** Looks until the signal ends it. The pings note their outcome by themselves. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, ping } = this.options;
    if (!ping) return;
    while (!signal.aborted) {
      await this.#pause(clock, this.#lost ? LOST_MS : CALM_MS, signal);
      await ping().catch(() => undefined); // Noted.
    }
  }

  async #pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(clock, ms, AbortSignal.any([signal, woken.signal])).catch(() => signal.throwIfAborted());
  }

  #gone(error: ChorusError): void {
    if (this.#lost) return;
    const { clock, log, metrics } = this.options;
    this.#lost = { sinceMs: clock.wallMs(), code: error.code, message: error.message };
    metrics.gauge('chorus_store_up', 0);
    log.error('the database is lost; devices that are connected go on', { code: error.code, reason: error.message });
    this.#wake?.();
  }

  #there(): void {
    if (!this.#lost) return;
    const { clock, log, metrics } = this.options;
    log.info('the database is back', { afterMs: clock.wallMs() - this.#lost.sinceMs });
    this.#lost = undefined;
    metrics.gauge('chorus_store_up', 1);
  }
}
