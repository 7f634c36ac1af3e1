import { ChorusError, type Clock } from '../core/index.js';

export interface PermitsOptions {
  readonly count: number;
  /** Requests that may wait; one more is refused. Default: far more than the devices of one server have under way. */
  readonly maxWaiting?: number;
  /** Longest wait, by this clock; default: until the signal is aborted. */
  readonly wait?: { readonly mostMs: number; readonly clock: Clock };
  /** For messages: `voice service`. */
  readonly of: string;
  /** Called when a request begins to wait, so that a less important one can give its permit back. */
  readonly onWait?: () => void;
}

const MAX_WAITING = 1_000;

/** A request that waits, and its place by {@link FairOrder}. */
interface Waiting {
  readonly turn: number;
  readonly grant: () => void;
}

/**
 * Limits the requests to one service that run at a time. The others wait in order. If the callers are known, each
 * waiting caller is served equally often: ten requests of one caller do not hold up the others.
 */
export class Permits {
  #free: number;
  readonly #waiting = new Set<Waiting>();
  readonly #order = new FairOrder();

  constructor(private readonly options: PermitsOptions) {
    this.#free = options.count;
  }

  get free(): number {
    return this.#free;
  }

  /**
   * Waits for a permit. Resolves with the function that gives it back; further calls of that function do nothing.
   * Errors: the signal's reason, `capacity.queue_full`, `capacity.queue_timeout`.
   */
  async take(signal: AbortSignal, who?: string): Promise<() => void> {
    signal.throwIfAborted();
    const release = this.takeIfFree();
    if (release) return release;
    await this.#wait(signal, who);
    return this.#releaseOnce();
  }

  /** Takes a permit without waiting. Undefined: none is free. */
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
      const next = this.#next();
      if (next) next.grant();
      else this.#free += 1;
    };
  }

  #next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const one of this.#waiting) if (!first || one.turn < first.turn) first = one;
    if (first) this.#order.reached(first.turn);
    return first;
  }

  #wait(signal: AbortSignal, who: string | undefined): Promise<void> {
    const { of, wait, maxWaiting = MAX_WAITING, onWait } = this.options;
    if (this.#waiting.size >= maxWaiting)
      return Promise.reject(new ChorusError('capacity.queue_full', `too many requests wait for the ${of}`));
    onWait?.();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', aborted);
        timer?.cancel();
      };
      const waiting: Waiting = {
        turn: this.#order.turnOf(who),
        grant: () => {
          settle();
          resolve();
        },
      };
      const aborted = (): void => {
        settle();
        reject(signal.reason);
      };
      const timer = wait?.clock.after(wait.mostMs, () => {
        settle();
        reject(new ChorusError('capacity.queue_timeout', `no place at the ${of} within ${wait.mostMs} ms`));
      });
      this.#waiting.add(waiting);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}

/** Start-time fair queueing: a request's turn comes after the turns of earlier requests by the same caller. */
class FairOrder {
  #now = 0;
  /** Turns that were given out and not reached yet: the last one of each caller. */
  readonly #last = new Map<string, number>();

  turnOf(who: string | undefined): number {
    if (who === undefined) return this.#now;
    const turn = Math.max(this.#now, this.#last.get(who) ?? 0) + 1;
    this.#last.set(who, turn);
    return turn;
  }

  reached(turn: number): void {
    this.#now = Math.max(this.#now, turn);
    for (const [who, last] of this.#last) if (last <= this.#now) this.#last.delete(who);
  }
}
