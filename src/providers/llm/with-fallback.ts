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
  readonly failures: number;
  /** Length of the pause. One request tests the model afterwards. */
  readonly openMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Returns the circuit of an earlier configuration, or a new circuit. Default: a new circuit. */
  readonly circuit?: (options: CircuitOptions) => Circuit;
}

/**
 * Lets `second` answer if `first` fails before its first word. A reply that breaks off later is not started again.
 * If both fail before a word, the error of `first` is thrown, because the owner chose that model. A speculative request
 * goes only to `first`, because `second` may cost money.
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
