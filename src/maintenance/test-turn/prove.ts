import { ChorusError, type Clock, ERROR_TABLE, type Logger, type Metrics, type Scope } from '../../core/index.js';
import { childEntry, runInOwnChild } from '../../engines/index.js';
import type { TestTurnAnswer, TestTurnCall } from './test-turn-child.js';

/** Expected time until the server is ready and has finished a turn. The child is killed after ten times as long. */
const PREDICTED_MS = 15_000;

export interface TestTurnOptions {
  readonly language: string;
  readonly origin: string;
  readonly token: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
}

/**
 * Lets a simulated device say a sentence to this server. Resolves with undefined if the server answered. Otherwise
 * resolves with `config.unproven`, or with the error that ended the turn.
 */
export async function proveTurn({
  language,
  origin,
  token,
  clock,
  log,
  metrics,
  scope,
}: TestTurnOptions): Promise<ChorusError | undefined> {
  const call: TestTurnCall = { origin, token, language: language === 'auto' ? 'en-US' : language };
  const { failure } = await runInOwnChild<TestTurnAnswer>(call, {
    name: 'test-turn',
    entry: childEntry(import.meta.url, 'test-turn-child'),
    predictedMs: PREDICTED_MS,
    signal: scope.signal,
    clock,
    log,
    metrics,
    scope: scope.child('test turn'),
    onEvent: () => undefined,
  });
  if (failure === undefined) return undefined;
  if (failure.kind === 'error') return new ChorusError(failure.code, ERROR_TABLE[failure.code].cause.en);
  return new ChorusError(
    'config.unproven',
    failure.kind === 'not_ready'
      ? `the server did not get ready (${failure.what})`
      : `a simulated device was not answered (${failure.what})`,
    { details: { what: failure.what } },
  );
}
