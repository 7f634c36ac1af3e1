import { ChorusError, type Clock } from '../core/index.js';
import type { LlmProvider, LlmRequest } from './port.js';

export interface ConcurrencyOptions {
  /** Requests that run at once (`llm.max_workers`). */
  readonly limit: number;
  /** Requests that may wait; one more is refused with `capacity.queue_full`. */
  readonly queueLimit: number;
  /** Longest wait; after it `capacity.queue_timeout`. */
  readonly waitMs: number;
  readonly clock: Clock;
}

/** Lets at most `limit` requests run, first come first served. A place is held until the stream has ended. */
export function withConcurrency(llm: LlmProvider, options: ConcurrencyOptions): LlmProvider {
  const places = new Places(options);
  return {
    id: llm.id,
    local: llm.local,
    async *stream(request: LlmRequest, signal: AbortSignal) {
      await places.take(signal);
      try {
        yield* llm.stream(request, signal);
      } finally {
        places.giveBack();
      }
    },
  };
}

class Places {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly options: ConcurrencyOptions) {
    this.#free = options.limit;
  }

  take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    if (this.#waiting.size >= this.options.queueLimit) return Promise.reject(new ChorusError('capacity.queue_full', 'too many requests wait for the language model'));
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(enter);
        signal.removeEventListener('abort', onAbort);
        timer.cancel();
      };
      const enter = (): void => {
        leave();
        resolve();
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
      };
      const timer = this.options.clock.after(this.options.waitMs, () => {
        leave();
        reject(new ChorusError('capacity.queue_timeout', `no place at the language model within ${this.options.waitMs} ms`));
      });
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(enter);
    });
  }

  giveBack(): void {
    const [next] = this.#waiting;
    if (next) next();
    else this.#free += 1;
  }
}
