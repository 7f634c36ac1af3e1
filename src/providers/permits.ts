import { ChorusError, type Clock } from '../core/index.js';

export interface PermitsOptions {
  readonly count: number;
  /** Requests that may wait; one more is refused. Default: far more than the devices of one server have under way. */
  readonly maxWaiting?: number;
  /** Longest wait, by this clock; default: until the signal is aborted. */
  readonly wait?: { readonly mostMs: number; readonly clock: Clock };
  /** For messages: `voice service`. */
  readonly of: string;
  /** A request begins to wait: a less important one may give its permit back. */
  readonly onWait?: () => void;
}

const MAX_WAITING = 1_000;

/** Limits the requests to one service that run at a time; the others wait in order. */
export class Permits {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly options: PermitsOptions) {
    this.#free = options.count;
  }

  get free(): number {
    return this.#free;
  }

  /**
   * Resolves with the function that gives the permit back (once; more calls do nothing). Errors: the signal's reason,
   * `capacity.queue_full`, `capacity.queue_timeout`.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const release = this.takeIfFree();
    if (release) return release;
    await this.#wait(signal);
    return this.#releaseOnce();
  }

  /** Undefined: none is free. */
  takeIfFree(): (() => void) | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    return this.#releaseOnce();
  }

  #releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = this.#waiting;
      if (next) next();
      else this.#free += 1;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    const { of, wait, maxWaiting = MAX_WAITING, onWait } = this.options;
    if (this.#waiting.size >= maxWaiting)
      return Promise.reject(new ChorusError('capacity.queue_full', `too many requests wait for the ${of}`));
    onWait?.();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(granted);
        signal.removeEventListener('abort', aborted);
        timer?.cancel();
      };
      const granted = (): void => {
        settle();
        resolve();
      };
      const aborted = (): void => {
        settle();
        reject(signal.reason);
      };
      const timer = wait?.clock.after(wait.mostMs, () => {
        settle();
        reject(new ChorusError('capacity.queue_timeout', `no place at the ${of} within ${wait.mostMs} ms`));
      });
      this.#waiting.add(granted);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
