import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { configSchema, LiveConfig } from '../config/index.js';
import { Scope, silentLogger } from '../core/index.js';
import { RESTART_EXIT_CODE } from '../core/index.js';
import { createLifecycle, Drain, supervisorOf } from './drain.js';

function world(answerMs: number): {
  readonly clock: FakeClock;
  readonly drain: Drain;
  readonly root: Scope;
  readonly calls: string[];
} {
  const clock = new FakeClock();
  const calls: string[] = [];
  const root = new Scope('server', (_name, error) => calls.push(String(error)));
  const log = {
    ...silentLogger,
    info: (message: string) => void calls.push(message),
    warn: (message: string, fields?: Readonly<Record<string, unknown>>) =>
      void calls.push(`${message} ${JSON.stringify(fields)}`),
  };
  const over = (enough: AbortSignal): Promise<number> =>
    new Promise((resolve) => {
      enough.addEventListener('abort', () => resolve(1), { once: true });
      clock.after(answerMs, () => resolve(0));
    });
  const sessions = { drain: over, talking: () => 1 };
  const server = { connections: 1, drain: async (enough: AbortSignal) => void (await over(enough)) };
  return { clock, calls, root, drain: new Drain({ server: () => server, sessions, root, clock, log }) };
}

describe('a drain', () => {
  it('ends after the last answer', async () => {
    const { clock, drain, root, calls } = world(5000);
    expect([drain.underWay, drain.restart]).toEqual([false, false]);
    const ended = drain.request({ reason: 'command', withinMs: 30_000, restart: true });
    expect([drain.underWay, drain.restart, root.closed]).toEqual([true, true, false]);
    await clock.advance(4900);
    expect(root.closed).toBe(false);
    await clock.advance(200);
    await ended;
    expect([root.closed, clock.pending, calls]).toEqual([true, 0, ['draining', 'drained']]);
  });

  it('cuts off replies that do not end in time', async () => {
    const { clock, drain, calls } = world(60_000);
    const ended = drain.request({ reason: 'signal', withinMs: 30_000, restart: false });
    await clock.advance(30_100);
    await ended;
    expect(calls[1]).toBe('drained {"problem":"server.drained_early","tookMs":30000,"cut":1}');
  });

  it('is shortened by another request but never lengthened; the last request decides whether to restart', async () => {
    const { clock, drain, root } = world(600_000);
    const ended = drain.request({ reason: 'command', withinMs: 300_000, restart: true });
    await clock.advance(1000);
    const same = drain.request({ reason: 'signal', withinMs: 30_000, restart: false });
    expect(same).toBe(ended);
    void drain.request({ reason: 'command', withinMs: 500_000, restart: false });
    await clock.advance(29_000);
    expect(root.closed).toBe(false);
    await clock.advance(1100);
    await ended;
    expect([root.closed, drain.restart]).toEqual([true, false]);
  });

  it('tells a command the configured time and the supervisor', async () => {
    const { clock, drain, root } = world(10);
    const lifecycle = createLifecycle(
      drain,
      new LiveConfig(configSchema.parse({ server: { drain_ms: 7000 } })),
      'systemd',
      silentLogger,
    );
    expect(lifecycle.drain({ restart: true })).toEqual({
      withinMs: 7000,
      exitCode: RESTART_EXIT_CODE,
      supervisor: 'systemd',
    });
    expect(lifecycle.drain({ withinMs: 50, restart: false })).toEqual({
      withinMs: 50,
      exitCode: 0,
      supervisor: 'systemd',
    });
    await clock.advance(20);
    expect(root.closed).toBe(true);
  });
});

it('recognises a supervisor only if it started this very process', () => {
  expect(supervisorOf({ SYSTEMD_EXEC_PID: '42' }, 42)).toBe('systemd');
  // A child of the service's process inherits the variable but has another process id.
  expect(supervisorOf({ SYSTEMD_EXEC_PID: '41', INVOCATION_ID: 'x' }, 42)).toBeUndefined();
  expect(supervisorOf({}, 1)).toBe('container');
  expect(supervisorOf({}, 42)).toBeUndefined();
});
