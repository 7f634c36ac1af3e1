import { ChorusError, type Clock, type TimerHandle } from '../core/index.js';
import { RateWindow } from './rate-window.js';
import { providerWords } from './words.js';

export interface PermitsOptions {
  readonly count: number;
  /** A request is refused if this many already wait. The default is far above what the devices of one server need. */
  readonly maxWaiting?: number;
  readonly rate?: { readonly window: RateWindow; readonly clock: Clock } | undefined;
  /** Default: the wait ends only with the signal. */
  readonly wait?: { readonly mostMs: number; readonly clock: Clock };
  /** For messages, such as `voice service`. */
  readonly of: string;
  /** Called when no permit is free for a request. A less important request can then give up its permit. */
  readonly onWait?: () => void;
}

/** Only the first call of `release` or `unused` has an effect. */
export interface Permit {
  /** Start time for the limit per minute. 0 if the option `rate` is absent. */
  readonly sinceMs: number;
  readonly release: () => void;
  /** For a request that was not sent. The limit per minute does not count the request. */
  readonly unused: () => void;
}

const MAX_WAITING = 1_000;

interface Waiting {
  readonly turn: number;
  readonly grant: (permit: Permit) => void;
}

/**
 * Limits the concurrent requests to one service, and the requests per minute. Waiting callers are served equally often,
 * so ten requests of one caller do not delay the others.
 */
export class Permits {
  #free: number;
  readonly #waiting = new Set<Waiting>();
  readonly #order = new FairOrder();
  readonly #window: RateWindow;
  #timer: TimerHandle | undefined;

  constructor(private readonly options: PermitsOptions) {
    this.#free = options.count;
    this.#window = options.rate?.window ?? new RateWindow(undefined);
  }

  /** 0 while the limit per minute is reached. */
  get free(): number {
    return this.#rateWaitMs() > 0 ? 0 : this.#free;
  }

  get minuteTakesGuess(): boolean {
    const { rate } = this.options;
    return !rate || this.#window.takesGuess(rate.clock.nowMs());
  }

  /** Errors: the signal's reason, `capacity.queue_full`, `capacity.queue_timeout`. */
  async take(signal: AbortSignal, who?: string): Promise<Permit> {
    signal.throwIfAborted();
    return this.#takeIfFree() ?? this.#wait(signal, who);
  }

  takeForGuess(): Permit | undefined {
    return this.minuteTakesGuess ? this.#takeIfFree() : undefined;
  }

  #takeIfFree(): Permit | undefined {
    if (this.#free === 0 || this.#waiting.size > 0 || this.#rateWaitMs() > 0) return undefined;
    return this.#begin();
  }

  #rateWaitMs(): number {
    const { rate } = this.options;
    return rate ? this.#window.waitMs(rate.clock.nowMs()) : 0;
  }

  #begin(): Permit {
    const sinceMs = this.options.rate?.clock.nowMs() ?? 0;
    this.#free -= 1;
    this.#window.begin(sinceMs);
    let released = false;
    const giveBack = (sent: boolean): void => {
      if (released) return;
      released = true;
      if (!sent) this.#window.takeBack(sinceMs);
      this.#free += 1;
      this.#serve();
    };
    return { sinceMs, release: () => giveBack(true), unused: () => giveBack(false) };
  }

  #serve(): void {
    while (this.#free > 0) {
      const waitMs = this.#rateWaitMs();
      if (waitMs > 0) {
        this.#serveLater(waitMs);
        return;
      }
      const next = this.#next();
      if (!next) return;
      next.grant(this.#begin());
    }
  }

  #serveLater(waitMs: number): void {
    if (this.#timer || this.#waiting.size === 0) return;
    this.#timer = this.options.rate?.clock.after(waitMs, () => {
      this.#timer = undefined;
      this.#serve();
    });
  }

  #next(): Waiting | undefined {
    let first: Waiting | undefined;
    for (const one of this.#waiting) if (!first || one.turn < first.turn) first = one;
    if (first) this.#order.reached(first.turn);
    return first;
  }

  #wait(signal: AbortSignal, who: string | undefined): Promise<Permit> {
    const { of, wait, maxWaiting = MAX_WAITING, onWait } = this.options;
    const rateWaitMs = this.#rateWaitMs();
    if (wait && rateWaitMs > wait.mostMs) return Promise.reject(this.#tooMany(rateWaitMs));
    if (this.#waiting.size >= maxWaiting)
      return Promise.reject(new ChorusError('capacity.queue_full', `too many requests wait for the ${of}`));
    if (this.#free === 0) onWait?.();
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', aborted);
        timer?.cancel();
        if (this.#waiting.size > 0) return;
        this.#timer?.cancel();
        this.#timer = undefined;
      };
      const waiting: Waiting = {
        turn: this.#order.turnOf(who),
        grant: (permit) => {
          settle();
          resolve(permit);
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
      this.#serve();
    });
  }

  #tooMany(waitMs: number): ChorusError {
    const { of, rate } = this.options;
    const seconds = Math.ceil(waitMs / 1000);
    const words = providerWords.tooManyRequests(of, rate?.window.perMinute, seconds);
    return new ChorusError('capacity.queue_timeout', words);
  }
}

/** Start-time fair queueing. A request comes after the earlier requests of the same caller. */
class FairOrder {
  #now = 0;
  /** The last turn of each caller. The entry is removed when this turn is reached. */
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
