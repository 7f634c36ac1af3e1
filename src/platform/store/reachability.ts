import { ChorusError, sleep, type Clock, type ErrorCode, type Logger, type Metrics } from '../../core/index.js';

export interface ReachabilityOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Runs a trivial query. Undefined for the embedded database, which is always reachable. */
  readonly ping: (() => Promise<void>) | undefined;
}

export interface LostStore {
  readonly sinceMs: number;
  readonly code: ErrorCode;
  /** The message contains neither user nor password. */
  readonly message: string;
}

const PING_MS = 10_000;
const PING_WHILE_LOST_MS = 2000;

/** Tracks from every operation, and from pings in between, whether the database is reachable. */
export class Reachability {
  #lost: LostStore | undefined;
  #unwritable: LostStore | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly options: ReachabilityOptions) {
    options.metrics.gauge('chorus_store_up', 1);
  }

  get lost(): LostStore | undefined {
    return this.#lost;
  }

  /** Set when a write fails for lack of space or permission. Cleared by the next successful write. */
  get unwritable(): LostStore | undefined {
    return this.#unwritable;
  }

  noteWrite(error: unknown): void {
    if (error === undefined) this.#unwritable = undefined;
    else if (error instanceof ChorusError && (error.code === 'data.disk_full' || error.code === 'data.not_writable'))
      this.#unwritable ??= { sinceMs: this.options.clock.wallMs(), code: error.code, message: error.message };
  }

  /** Any error except `store.unreachable` and `store.refused` proves that the database has answered. */
  note(error: unknown): void {
    if (error instanceof ChorusError && (error.code === 'store.unreachable' || error.code === 'store.refused'))
      this.#setLost(error);
    else this.#setReachable();
  }

  checkNow(): void {
    this.#wake?.();
  }

  async watch(signal: AbortSignal): Promise<void> {
    const { clock, ping } = this.options;
    if (!ping) return;
    while (!signal.aborted) {
      await this.#pause(clock, this.#lost ? PING_WHILE_LOST_MS : PING_MS, signal);
      await ping().catch(() => undefined); // A ping reports its outcome to `note`, like every operation.
    }
  }

  async #pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(clock, ms, AbortSignal.any([signal, woken.signal])).catch(() => signal.throwIfAborted());
  }

  #setLost(error: ChorusError): void {
    if (this.#lost) return;
    const { clock, log, metrics } = this.options;
    this.#lost = { sinceMs: clock.wallMs(), code: error.code, message: error.message };
    metrics.gauge('chorus_store_up', 0);
    log.error('the database is unreachable; connected devices go on', { code: error.code, reason: error.message });
    this.#wake?.();
  }

  #setReachable(): void {
    if (!this.#lost) return;
    const { clock, log, metrics } = this.options;
    log.info('the database is reachable again', { afterMs: clock.wallMs() - this.#lost.sinceMs });
    this.#lost = undefined;
    metrics.gauge('chorus_store_up', 1);
  }
}
