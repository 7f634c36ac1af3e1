import { ChorusError } from '../../core/index.js';

/** Requests that may wait for a permit; far more than the devices of one server could have under way. */
const MAX_WAITING = 1_000;

/** So many requests to one service at a time; the others wait in order. */
export class Permits {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  get free(): number {
    return this.#free;
  }

  /** Resolves with the function that gives the permit back (once; more calls do nothing). Errors: the signal's reason, `capacity.queue_full`. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free === 0) await this.#wait(signal);
    else this.#free -= 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const [next] = this.#waiting;
      if (next) next();
      else this.#free += 1;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= MAX_WAITING)
      return Promise.reject(new ChorusError('capacity.queue_full', 'too many sentences wait for the voice service'));
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(granted);
        signal.removeEventListener('abort', aborted);
      };
      const granted = (): void => {
        settle();
        resolve();
      };
      const aborted = (): void => {
        settle();
        reject(signal.reason);
      };
      this.#waiting.add(granted);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
