import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { ChildOptions } from './child-options.js';
import { SupervisedChild } from './supervisor.js';
import type { CallOptions } from './job.js';

/**
 * Gives the job a twelfth of the CPU share of recognition, so that users of devices need not wait. At niceness 10, the
 * answers of twenty devices came 9 % later (p95).
 */
const NICENESS = 15;
const START_TIMEOUT_MS = 30_000;

export interface OneJobOptions extends Pick<CallOptions, 'predictedMs' | 'signal' | 'retryOnCrash'> {
  readonly name: string;
  readonly entry: ChildOptions['entry'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Closed when the job is over, which also ends the process. */
  readonly scope: Scope;
  readonly onEvent: (event: unknown) => void;
}

/** Runs one long job in a process of its own. Rejects like {@link SupervisedChild.call}. */
export async function runInOwnChild<T>(call: unknown, options: OneJobOptions): Promise<T> {
  const { name, entry, clock, log, metrics, scope, onEvent, ...job } = options;
  const child = new SupervisedChild({
    name,
    entry,
    niceness: NICENESS,
    clock,
    log,
    metrics,
    scope,
    startTimeoutMs: START_TIMEOUT_MS,
    init: {},
    onEvent,
  });
  try {
    await child.start();
    return await child.call<T>(call, job);
  } finally {
    await scope.close();
  }
}
