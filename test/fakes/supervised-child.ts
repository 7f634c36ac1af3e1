import { type Clock, noMetrics, Scope, silentLogger, systemClock } from '../../src/core/index.js';
import type { ChildOptions } from '../../src/engines/processes/child-options.js';
import { SupervisedChild } from '../../src/engines/processes/supervisor.js';
import { fakeProgram } from '../compiled.js';

const entry = { file: fakeProgram('odd-child'), execArgv: [] };
const children: SupervisedChild[] = [];

/** A supervised process that misbehaves when a test asks for it, and the calls that its owner received. */
interface Made {
  readonly child: SupervisedChild;
  readonly events: unknown[];
  readonly calls: string[];
  readonly event: (value: unknown) => Promise<void>;
  /** Resolves when the child has been lost (or restarted) this many times. */
  readonly lost: (times?: number) => Promise<void>;
  readonly restarted: (times?: number) => Promise<void>;
}

export function superviseOddChild(options: Partial<ChildOptions> & { clock?: Clock } = {}): Made {
  const events: unknown[] = [];
  const calls: string[] = [];
  const waiters: (() => void)[] = [];
  const wake = (): void => waiters.splice(0).forEach((waiter) => waiter());
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => waiters.push(resolve));
  };
  const count = (call: string): number => calls.filter((one) => one === call).length;
  const child = new SupervisedChild({
    name: 'odd',
    entry,
    niceness: 10,
    clock: systemClock,
    log: silentLogger,
    metrics: noMetrics,
    scope: new Scope('test', () => undefined),
    startTimeoutMs: 20_000,
    init: {},
    onEvent(event) {
      events.push(event);
      wake();
    },
    onLost: () => {
      calls.push('lost');
      wake();
    },
    onRestart: () => {
      calls.push('restart');
      wake();
    },
    ...options,
  });
  children.push(child);
  return {
    child,
    events,
    calls,
    event: (value) => until(() => events.includes(value)),
    lost: (times = 1) => until(() => count('lost') >= times),
    restarted: (times = 1) => until(() => count('restart') >= times),
  };
}

/**
 * Resolves with the error of a promise that rejects. The handler is attached at once, so the rejection is never
 * unhandled.
 */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

export const kill = (child: SupervisedChild, signal: NodeJS.Signals): void => {
  process.kill(child.status().pid!, signal);
};

/** Ends everything that {@link superviseOddChild} has made. */
export async function closeChildren(): Promise<void> {
  await Promise.all(children.splice(0).map((child) => child.close()));
}
