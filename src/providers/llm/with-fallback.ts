import {
  asChorusError,
  Cancelled,
  type ChorusError,
  isCancelled,
  type Clock,
  type Logger,
  type Metrics,
} from '../../core/index.js';
import { Circuit, type CircuitOptions } from '../circuit.js';
import type { LlmDelta, LlmProvider, LlmRequest } from './llm-port.js';

export interface FallbackOptions {
  /** Number of consecutive failures after which the first model is paused. */
  readonly failures: number;
  /** Length of this pause in ms. After it, one request tests the model. */
  readonly openMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Returns the circuit that an earlier configuration has made, or a new one. Default: a new one. */
  readonly circuit?: (options: CircuitOptions) => Circuit;
}

/**
 * Lets `second` answer if `first` fails before its first word, unless the request was cancelled. A reply that breaks
 * off later is not started again. A `first` that keeps failing is paused, so that nobody waits for it.
 * If both fail before a word, the error of `first` is thrown, because the owner chose that model. If `first` was not
 * asked, the error of `second` is thrown. A speculative request only goes to `first`: the request is repeated when its
 * answer is wanted, and `second` may cost money. `second` is another service and uses its own model name.
 */
export function withFallback(first: LlmProvider, second: LlmProvider, options: FallbackOptions): LlmProvider {
  const { log, metrics } = options;
  const circuit = circuitOf(first, second, options);
  return {
    id: first.id,
    local: first.local,
    ...(first.byRules && { byRules: true }),
    expect: () => (circuit.open ? second : first).expect?.(),
    async *stream(request, signal) {
      const failure = yield* tryFirst(request, signal);
      if (failure === 'answered') return;
      if (request.certainty?.certain === false)
        throw failure ?? new Cancelled('the fallback is not asked before an answer is wanted');
      metrics.count('chorus_llm_fallback_total', { reason: failure === undefined ? 'open' : 'failed' });
      let begun = false;
      try {
        for await (const delta of second.stream({ ...request, model: undefined }, signal)) {
          begun = true;
          yield delta;
        }
      } catch (error) {
        if (begun || signal.aborted || isCancelled(error) || failure === undefined) throw error;
        log.warn('The fallback of the language model failed, too', { llm: second.id, code: asChorusError(error).code });
        throw failure;
      }
    },
  };

  /** Returns undefined if `first` was not asked. */
  async function* tryFirst(
    request: LlmRequest,
    signal: AbortSignal,
  ): AsyncGenerator<LlmDelta, 'answered' | ChorusError | undefined> {
    const call = circuit.enter();
    if (call === undefined) return undefined;
    let begun = false;
    try {
      for await (const delta of first.stream(request, signal)) {
        begun = true;
        call.succeeded();
        yield delta;
      }
      call.succeeded();
      return 'answered';
    } catch (error) {
      if (begun || signal.aborted || isCancelled(error)) throw error;
      const failure = asChorusError(error);
      // Our own full queue says nothing about the model.
      if (failure.code.startsWith('llm.')) call.failed();
      log.info('The language model failed before its first word; the fallback is asked', {
        llm: first.id,
        fallback: second.id,
        code: failure.code,
      });
      return failure;
    } finally {
      call.released();
    }
  }
}

function circuitOf(first: LlmProvider, second: LlmProvider, options: FallbackOptions): Circuit {
  const { log, clock, failures, openMs, circuit = (made) => new Circuit(made) } = options;
  return circuit({
    failures,
    openMs,
    clock,
    onChange: (open) => {
      if (open)
        log.warn('The language model failed again and again; the fallback answers for a while', {
          problem: 'llm.fallback_answers',
          llm: first.id,
          fallback: second.id,
          openMs,
        });
      else log.info('The language model answers again', { llm: first.id });
    },
  });
}
