import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cancelled, type Clock, noMetrics, Scope, silentLogger, systemClock } from '../../core/index.js';
import { fakeProgram } from '../../../test/compiled.js';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { type SpawnOptions, spawnChild } from './spawn.js';
import type { ChildOptions } from './child-options.js';
import { SupervisedChild } from './supervisor.js';

const entry = { file: fakeProgram('odd-child'), execArgv: [] };
const children: SupervisedChild[] = [];

interface Made {
  readonly child: SupervisedChild;
  readonly events: unknown[];
  readonly calls: string[];
  readonly event: (value: unknown) => Promise<void>;
  /** Resolves once the child was lost (or restarted) that many times. */
  readonly lost: (times?: number) => Promise<void>;
  readonly restarted: (times?: number) => Promise<void>;
}

function make(options: Partial<ChildOptions> & { clock?: Clock } = {}): Made {
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

/** The error of a rejection. The handler is attached at once, so that no rejection goes unhandled meanwhile. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

const kill = (child: SupervisedChild, signal: NodeJS.Signals): void => {
  process.kill(child.status().pid!, signal);
};
const niceOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).map((tid) => {
    const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.close()));
});

describe('SupervisedChild', () => {
  it('answers jobs, carries binary values and errors with their code', async () => {
    const { child } = make();
    await child.start();
    const pcm = Int16Array.from([1, -2, 32767]);
    expect(await child.call({ do: 'echo', value: pcm }, { predictedMs: 1 })).toEqual(pcm);
    await expect(child.call({ do: 'throw', code: 'model.corrupt' }, { predictedMs: 1 })).rejects.toMatchObject({
      code: 'model.corrupt',
      message: 'as told',
    });
    await expect(child.call({ do: 'throw' }, { predictedMs: 1 })).rejects.toMatchObject({ code: 'engine.job_failed' });
    expect(child.status()).toMatchObject({ state: 'ready', restarts: 0, reason: undefined });
    expect(child.post('a')).toBe(true);
    expect(await child.call({ do: 'posts' }, { predictedMs: 1 })).toEqual(['a']);
  });

  it.skipIf(process.platform !== 'linux')('gives every thread of the child its niceness', async () => {
    const { child } = make();
    await child.start();
    const own = niceOf(process.pid)[0]!;
    const nices = niceOf(child.status().pid!);
    expect(nices.length).toBeGreaterThan(3);
    expect(new Set(nices)).toEqual(new Set([Math.min(19, own + 10)]));
  });

  it('does without the program nice where there is none', async () => {
    const { child } = make({ niceCommand: 'no-such-program' });
    await child.start();
    expect(await child.call({ do: 'echo', value: 1 }, { predictedMs: 1 })).toBe(1);
  });

  it.skipIf(process.platform !== 'linux')('does not hand its environment to the child', async () => {
    vi.stubEnv('CHORUS_TEST_KEY', 'secret');
    const { child } = make({ env: { UV_THREADPOOL_SIZE: '2' } });
    await child.start().finally(() => vi.unstubAllEnvs());
    const environment = readFileSync(`/proc/${child.status().pid}/environ`, 'utf8');
    expect(environment).not.toContain('CHORUS_TEST_KEY');
    expect(environment).toContain('UV_THREADPOOL_SIZE=2');
  });

  it('runs a job again whose child was killed by SIGKILL', async () => {
    const { child, calls, event, events } = make();
    await child.start();
    const abort = new AbortController();
    const job = child.call({ do: 'hang' }, { predictedMs: 1, signal: abort.signal });
    await event('hanging');
    events.length = 0;
    kill(child, 'SIGKILL');
    await event('hanging'); // It runs again, in the new process.
    expect(calls).toEqual(['lost', 'restart']);
    expect(child.status()).toMatchObject({ state: 'ready', restarts: 1 });
    abort.abort(new Cancelled('test'));
    await expect(job).rejects.toThrow('cancelled: test');
  });

  it('kills a stopped child when the job is overdue, quarantines the job, and goes on', async () => {
    const clock = new FakeClock();
    const { child, event, events, calls, lost } = make({ clock });
    await child.start();
    const verdict = failureOf(child.call({ do: 'hang' }, { predictedMs: 600 }));
    await event('hanging');
    kill(child, 'SIGSTOP');
    await clock.advance(5_999);
    expect(calls).toEqual([]);
    events.length = 0;
    await clock.advance(1);
    await lost();
    await clock.advance(50);
    await event('hanging');
    await clock.advance(6_000);
    expect(await verdict).toMatchObject({ code: 'engine.quarantined', cause: { code: 'engine.hung' } });
    const next = child.call({ do: 'echo', value: 'alive' }, { predictedMs: 1 });
    await clock.advance(50);
    expect(await next).toBe('alive');
  });

  it('quarantines a job that aborts its process twice and spares the one beside it', async () => {
    const { child, event, events, restarted } = make();
    await child.start();
    const abort = new AbortController();
    const innocent = child.call(
      { do: 'until-cancelled' },
      { predictedMs: 1, signal: abort.signal, waitOnCancel: true },
    );
    await event('waiting');
    const guilty = child.call({ do: 'abort' }, { predictedMs: 1 });
    const verdict = failureOf(guilty);
    events.length = 0;
    await restarted();
    await event('waiting');
    // The harmless job is the older suspect, so it runs first, without the harmful one. A job that is no suspect runs
    // beside it.
    expect(await child.call({ do: 'echo', value: 1 }, { predictedMs: 1 })).toBe(1);
    abort.abort(new Cancelled('enough'));
    expect(await failureOf(innocent)).toHaveProperty('message', 'cancelled: enough');
    expect(await verdict).toHaveProperty('code', 'engine.quarantined');
    expect(await child.call({ do: 'echo', value: 2 }, { predictedMs: 1 })).toBe(2);
    expect(child.status().restarts).toBe(2);
  });

  it('holds jobs for 2 s after three deaths within a minute, and says why', async () => {
    const clock = new FakeClock();
    const { child, lost, restarted } = make({ clock });
    await child.start();
    const failures: Promise<unknown>[] = [];
    for (let death = 1; death <= 3; death++) {
      const killed = child.call({ do: 'abort' }, { predictedMs: 1, retryOnCrash: false });
      failures.push(failureOf(killed));
      await lost(death);
      if (death === 3) break;
      await clock.advance(50);
      await restarted(death);
    }
    for (const failure of await Promise.all(failures)) expect(failure).toHaveProperty('code', 'engine.crashed');
    expect(child.status()).toMatchObject({ state: 'restarting', pid: undefined });
    expect(child.status().reason).toContain('SIGABRT');
    const held = child.call({ do: 'echo', value: 1 }, { predictedMs: 1 });
    expect(child.post('x')).toBe(false);
    await clock.advance(1_999);
    expect(child.status().pid).toBeUndefined();
    await clock.advance(1);
    await restarted(3);
    expect(await held).toBe(1);
  });

  it('is started again at once, however often it dies, when it served in between', async () => {
    const clock = new FakeClock();
    const { child, lost, restarted } = make({ clock });
    await child.start();
    for (let death = 1; death <= 5; death++) {
      await clock.advance(15_000);
      const killed = failureOf(child.call({ do: 'abort' }, { predictedMs: 1, retryOnCrash: false }));
      await lost(death);
      expect(await killed).toHaveProperty('code', 'engine.crashed');
      expect(child.status().state).toBe('restarting');
      const waiting = child.call({ do: 'echo', value: death }, { predictedMs: 1 });
      await clock.advance(50);
      await restarted(death);
      expect(await waiting).toBe(death);
    }
  });

  it.skipIf(process.platform === 'win32')('outlives a system that refuses it a process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chorus-child-'));
    const niceCommand = join(folder, 'nice');
    const letStart = (): void => writeFileSync(niceCommand, '#!/bin/sh\nexec nice "$@"\n', { mode: 0o700 });
    try {
      letStart();
      const clock = new FakeClock();
      const { child, lost, restarted } = make({ clock, niceCommand });
      await child.start();
      // A link to itself makes Node throw, as a lack of memory does, instead of reporting the failure by an event.
      rmSync(niceCommand);
      symlinkSync(niceCommand, niceCommand);
      kill(child, 'SIGKILL');
      await lost();
      await clock.advance(50);
      expect(child.status()).toMatchObject({ state: 'restarting', pid: undefined, restarts: 2 });
      expect(child.status().reason).toContain('ELOOP');
      rmSync(niceCommand);
      letStart();
      await clock.advance(50);
      await restarted();
      expect(await child.call({ do: 'echo', value: 1 }, { predictedMs: 1 })).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('waits for a file descriptor without counting a death', async () => {
    const clock = new FakeClock();
    let full = false;
    const spawn = (options: SpawnOptions): ChildProcess => {
      if (full) throw Object.assign(new Error('spawn nice EMFILE'), { code: 'EMFILE' });
      return spawnChild(options);
    };
    const { child, lost, restarted } = make({ clock, spawn });
    await child.start();
    full = true;
    kill(child, 'SIGKILL');
    await lost();
    const held = child.call({ do: 'echo', value: 1 }, { predictedMs: 1 });
    await clock.advance(5_050);
    expect(child.status()).toMatchObject({ state: 'restarting', restarts: 1, reason: 'spawn nice EMFILE' });
    full = false;
    await clock.advance(1_000);
    await restarted();
    expect(await held).toBe(1);
  });

  it('cancels: at once, or when the child has let go', async () => {
    const { child, event, events } = make();
    await child.start();
    const first = new AbortController();
    const job = child.call({ do: 'hang' }, { predictedMs: 1, signal: first.signal });
    await event('hanging');
    first.abort(new Cancelled('one'));
    await expect(job).rejects.toThrow('cancelled: one');

    const second = new AbortController();
    const held = child.call({ do: 'until-cancelled' }, { predictedMs: 1, signal: second.signal, waitOnCancel: true });
    await event('waiting');
    second.abort(new Cancelled('two'));
    await expect(held).rejects.toThrow('cancelled: two');
    expect(events).toContain('cancelled');
    await expect(child.call({ do: 'echo' }, { predictedMs: 1, signal: second.signal })).rejects.toThrow(
      'cancelled: two',
    );
  });

  it('still watches a job that was cancelled', async () => {
    const clock = new FakeClock();
    const { child, event, lost } = make({ clock });
    await child.start();
    const abort = new AbortController();
    const job = child.call({ do: 'hang' }, { predictedMs: 1, signal: abort.signal });
    await event('hanging');
    abort.abort(new Cancelled('gone'));
    await expect(job).rejects.toThrow('gone');
    await clock.advance(5_000);
    await lost();
    expect(child.status().restarts).toBe(1);
  });

  it('reports a refused start with its code, and a start that crashes or hangs', async () => {
    const refused = make({ init: { fail: 'bad file' } }).child;
    await expect(refused.start()).rejects.toMatchObject({ code: 'model.corrupt', message: 'bad file' });
    expect(refused.status()).toMatchObject({ state: 'failed', reason: 'bad file' });
    await expect(refused.call({ do: 'echo' }, { predictedMs: 1 })).rejects.toMatchObject({ code: 'model.corrupt' });

    const crashing = make({ init: { crash: true } }).child;
    const early = crashing.call({ do: 'echo' }, { predictedMs: 1 });
    await Promise.all([
      expect(crashing.start()).rejects.toMatchObject({ code: 'engine.failed' }),
      expect(early).rejects.toMatchObject({ code: 'engine.failed' }),
    ]);
    expect(crashing.status().reason).toContain('SIGABRT');

    expect(crashing.status().state).toBe('failed');
    expect(crashing.post('x')).toBe(false);
    await expect(crashing.call({ do: 'echo' }, { predictedMs: 1 })).rejects.toMatchObject({ code: 'engine.failed' });

    const absent = make({ entry: { file: '/nowhere.js', execArgv: [] } }).child;
    await expect(absent.start()).rejects.toMatchObject({ code: 'engine.failed' });
  });

  it('kills a child that is not ready in time', async () => {
    const clock = new FakeClock();
    const { child, lost } = make({ clock, startTimeoutMs: 100 });
    const start = child.start();
    const rejected = failureOf(start);
    for (let death = 1; death <= 3; death++) {
      await clock.advance(100);
      await lost(death);
      await clock.advance(50);
    }
    expect(await rejected).toMatchObject({
      code: 'engine.failed',
      message: 'the odd process was not ready after 100 ms',
    });
  });

  it('refuses posts to a child that does not read', async () => {
    const { child } = make();
    await child.start();
    kill(child, 'SIGSTOP');
    const packet = new Uint8Array(8_000);
    let sent = 0;
    while (sent < 10_000 && child.post(packet)) sent += 1;
    expect(sent).toBeGreaterThan(100);
    expect(sent).toBeLessThan(1_000);
  });

  it('keeps what a child prints within bounds', async () => {
    const lines: unknown[] = [];
    const log = { ...silentLogger, debug: (_: string, fields?: unknown) => void lines.push(fields), child: () => log };
    const { child } = make({ log });
    await child.start();
    await child.call({ do: 'print', lines: 500 }, { predictedMs: 1 });
    await child.close();
    expect(lines.length).toBeLessThanOrEqual(51);
    expect((lines[0] as { line: string }).line.length).toBeLessThanOrEqual(500);
  });

  it('ends with its scope although a task of that waits for it to be ready', async () => {
    const scope = new Scope('test', () => undefined);
    const { child } = make({
      scope,
      entry: { file: 'never ready', execArgv: ['-e', 'process.on("message", () => undefined)'] },
    });
    scope.fork('start', () => child.start());
    const job = failureOf(child.call({ do: 'echo' }, { predictedMs: 1 }));
    await scope.close();
    expect(await job).toBeInstanceOf(Cancelled);
    expect(child.status()).toMatchObject({ state: 'closed', pid: undefined });
  });

  it('closes: pending jobs reject, the process is gone, also when it is stopped', async () => {
    const { child, event } = make();
    await child.start();
    const { pid } = child.status();
    const job = child.call({ do: 'hang' }, { predictedMs: 1 });
    await event('hanging');
    kill(child, 'SIGSTOP');
    const rejected = failureOf(job);
    await child.close();
    expect(await rejected).toHaveProperty('message', 'cancelled: odd closed');
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    await expect(child.call({ do: 'echo' }, { predictedMs: 1 })).rejects.toThrow('odd closed');
    expect(child.status()).toMatchObject({ state: 'closed', pid: undefined });
  });

  it('ends its child when its own process is killed', async () => {
    const parent = spawn(process.execPath, [fakeProgram('odd-parent')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
    );
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
    const alive = (): boolean => {
      try {
        // A zombie (nobody may reap it in a container) has ended too.
        return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
      } catch {
        return false;
      }
    };
    while (alive()) await settle();
  });
});
