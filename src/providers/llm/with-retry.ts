import {
  asChorusError,
  backoffMs,
  isCancelled,
  sleep,
  withJitter,
  type ChorusError,
  type Clock,
  type Logger,
} from '../../core/index.js';
import type { LlmProvider, LlmRequest } from './llm-port.js';

export interface RetryOptions {
  /** Includes the first attempt. */
  readonly attempts: number;
  /**
   * Upper bound of the first pause. The bound doubles with each attempt. A pause is random, at least half of the bound.
   */
  readonly pauseMs: number;
  /** Time since the first attempt. No attempt begins after this time, because a person is waiting. */
  readonly giveUpAfterMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** A value from 0 to 1, for the jitter. */
  readonly random: () => number;
}

/** A service may ask for a longer pause by mistake, so it is asked again after five minutes. */
const LONGEST_WAIT_MS = 300_000;

/**
 * Retries only before the first word. A reply that broke off is not started again. Only errors of the model are
 * retried, because a request that found a full queue has already waited.
 */
export function withRetry(llm: LlmProvider, options: RetryOptions): LlmProvider {
  /**
   * The service wants no requests before this time. Services count even refused requests, and some lock a key after too
   * many.
   */
  let closed: { readonly untilMs: number; readonly why: ChorusError } | undefined;
  const bounds = { firstMs: options.pauseMs, mostMs: LONGEST_WAIT_MS };
  return {
    id: llm.id,
    local: llm.local,
    ...(llm.byRules && { byRules: true }),
    expect: () => llm.expect?.(),
    async *stream(request: LlmRequest, signal: AbortSignal) {
      const startMs = options.clock.nowMs();
      if (closed && startMs < closed.untilMs) throw closed.why;
      for (let attempt = 1; ; attempt++) {
        let begun = false;
        try {
          for await (const delta of llm.stream(request, signal)) {
            begun = true;
            yield delta;
          }
          return;
        } catch (error) {
          if (begun || signal.aborted || isCancelled(error)) throw error;
          const failure = asChorusError(error);
          const wantedMs = Math.min(LONGEST_WAIT_MS, Number(failure.details['retryAfterS'] ?? 0) * 1000);
          if (wantedMs > 0) closed = { untilMs: options.clock.nowMs() + wantedMs, why: failure };
          const pauseMs = Math.max(wantedMs, withJitter(backoffMs(attempt, bounds), options.random()));
          if (
            attempt >= options.attempts ||
            !mayHelp(failure) ||
            options.clock.nowMs() + pauseMs - startMs >= options.giveUpAfterMs
          )
            throw error;
          options.log.info('The language model failed before its first word; trying again', {
            llm: llm.id,
            code: failure.code,
            attempt,
          });
          await sleep(options.clock, pauseMs, signal);
        }
      }
    },
  };
}

function mayHelp(error: ChorusError): boolean {
  return error.retryable && error.code.startsWith('llm.');
}
