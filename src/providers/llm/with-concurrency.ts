import { Cancelled, type Clock } from '../../core/index.js';
import { Permits } from '../permits.js';
import type { RateWindow } from '../rate-window.js';
import type { Certainty, LlmProvider, LlmRequest } from './llm-port.js';

export interface ConcurrencyOptions {
  /** `llm.max_workers`. */
  readonly limit: number;
  /** Number of requests that may wait. A further request is refused with `capacity.queue_full`. */
  readonly queueLimit: number;
  /** A request that has waited this long is refused with `capacity.queue_timeout`. */
  readonly waitMs: number;
  readonly window?: RateWindow;
  readonly clock: Clock;
}

interface Yielding {
  readonly certainty: Certainty;
  readonly controller: AbortController;
}

/**
 * Limits the requests, first come first served. A request holds its place until its stream has ended. A speculative
 * request takes only a free place. It is aborted with `Cancelled` if a request that is not speculative needs the place.
 */
export function withConcurrency(llm: LlmProvider, options: ConcurrencyOptions): LlmProvider {
  const yielding = new Set<Yielding>();
  const permits = new Permits({
    count: options.limit,
    ...(options.window && { rate: { window: options.window, clock: options.clock } }),
    maxWaiting: options.queueLimit,
    wait: { mostMs: options.waitMs, clock: options.clock },
    of: 'language model',
    onWait: () => {
      // A request that has become certain in the meantime keeps its place.
      const [oldest] = [...yielding].filter(
        ({ certainty, controller }) => !certainty.certain && !controller.signal.aborted,
      );
      oldest?.controller.abort(new Cancelled('the place is needed for an answer that is wanted for certain'));
    },
  });
  return {
    id: llm.id,
    local: llm.local,
    ...(llm.byRules && { byRules: true }),
    expect: () => llm.expect?.(),
    async *stream(request: LlmRequest, signal: AbortSignal) {
      const { certainty } = request;
      if (certainty === undefined || certainty.certain) {
        const { release } = await permits.take(signal);
        try {
          yield* llm.stream(request, signal);
        } finally {
          release();
        }
        return;
      }
      signal.throwIfAborted();
      const permit = permits.takeForGuess();
      if (!permit) throw new Cancelled('no place for an answer that may not be wanted');
      const own: Yielding = { certainty, controller: new AbortController() };
      yielding.add(own);
      try {
        yield* llm.stream(request, AbortSignal.any([signal, own.controller.signal]));
      } finally {
        yielding.delete(own);
        permit.release();
      }
    },
  };
}
