import { Cancelled, ChorusError, type Clock } from '../../core/index.js';
import type { Certainty, LlmProvider, LlmRequest } from './llm-port.js';

export interface ConcurrencyOptions {
  /** Requests that run at once (`llm.max_workers`). */
  readonly limit: number;
  /** Requests that may wait; one more is refused with `capacity.queue_full`. */
  readonly queueLimit: number;
  /** Longest wait; after it `capacity.queue_timeout`. */
  readonly waitMs: number;
  readonly clock: Clock;
}

/**
 * Lets at most `limit` requests run, first come first served. A place is held until the stream has ended. An answer that
 * is not certain to be wanted takes only a free place, and is cut (`Cancelled`) as soon as a certain one needs it.
 */
export function withConcurrency(llm: LlmProvider, options: ConcurrencyOptions): LlmProvider {
  const places = new Places(options);
  return {
    id: llm.id,
    local: llm.local,
    expect: () => llm.expect?.(),
    async *stream(request: LlmRequest, signal: AbortSignal) {
      const { certainty } = request;
      if (certainty === undefined || certainty.certain) {
        await places.take(signal);
        try {
          yield* llm.stream(request, signal);
        } finally {
          places.giveBack();
        }
        return;
      }
      const yielding = places.takeIfFree(certainty, signal);
      try {
        yield* llm.stream(request, AbortSignal.any([signal, yielding.signal]));
      } finally {
        places.leave(yielding);
      }
    },
  };
}

/** A request that gives its place up for a certain one. */
class Yielding extends AbortController {
  constructor(readonly certainty: Certainty) {
    super();
  }
}

class Places {
  #free: number;
  readonly #waiting = new Set<() => void>();
  /** Oldest first. */
  readonly #yielding = new Set<Yielding>();

  constructor(private readonly options: ConcurrencyOptions) {
    this.#free = options.limit;
  }

  take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    if (this.#waiting.size >= this.options.queueLimit)
      return Promise.reject(new ChorusError('capacity.queue_full', 'too many requests wait for the language model'));
    this.#cutOne();
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
        reject(
          new ChorusError('capacity.queue_timeout', `no place at the language model within ${this.options.waitMs} ms`),
        );
      });
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(enter);
    });
  }

  takeIfFree(certainty: Certainty, signal: AbortSignal): Yielding {
    signal.throwIfAborted();
    if (this.#free === 0) throw new Cancelled('no place for an answer that may not be wanted');
    this.#free -= 1;
    const yielding = new Yielding(certainty);
    this.#yielding.add(yielding);
    return yielding;
  }

  leave(yielding: Yielding): void {
    this.#yielding.delete(yielding);
    this.giveBack();
  }

  /** Makes room for a certain request. What has become certain meanwhile keeps its place. */
  #cutOne(): void {
    for (const yielding of this.#yielding) {
      if (yielding.certainty.certain || yielding.signal.aborted) continue;
      yielding.abort(new Cancelled('the place is needed for an answer that is wanted for certain'));
      return;
    }
  }

  giveBack(): void {
    const [next] = this.#waiting;
    if (next) next();
    else this.#free += 1;
  }
}
