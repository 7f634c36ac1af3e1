import { readFileSync, readdirSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cancelled, Scope, silentLogger } from '../../core/index.js';
import { fakeProgram } from '../../../test/compiled.js';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { closeChildren, failureOf, kill, superviseOddChild } from '../../../test/fakes/supervised-child.js';

const niceOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).map((tid) => {
    const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });

afterEach(closeChildren);

describe('SupervisedChild', () => {
  it('answers jobs, carries binary values and errors with their code', async () => {
    const { child } = superviseOddChild();
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
    const { child } = superviseOddChild();
    await child.start();
    const own = niceOf(process.pid)[0]!;
    const nices = niceOf(child.status().pid!);
    expect(nices.length).toBeGreaterThan(3);
    expect(new Set(nices)).toEqual(new Set([Math.min(19, own + 10)]));
  });

  it('can be started without the program nice', async () => {
    const { child } = superviseOddChild({ niceCommand: 'no-such-program' });
    await child.start();
    expect(await child.call({ do: 'echo', value: 1 }, { predictedMs: 1 })).toBe(1);
  });

  it.skipIf(process.platform !== 'linux')('does not pass the environment of the server to the child', async () => {
    vi.stubEnv('CHORUS_TEST_KEY', 'secret');
    const { child } = superviseOddChild({ env: { UV_THREADPOOL_SIZE: '2' } });
    await child.start().finally(() => vi.unstubAllEnvs());
    const environment = readFileSync(`/proc/${child.status().pid}/environ`, 'utf8');
    expect(environment).not.toContain('CHORUS_TEST_KEY');
    expect(environment).toContain('UV_THREADPOOL_SIZE=2');
  });

  it('cancels at once, or when the child has finished the job', async () => {
    const { child, event, events } = superviseOddChild();
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

  it('keeps supervising a cancelled job', async () => {
    const clock = new FakeClock();
    const { child, event, lost } = superviseOddChild({ clock });
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
    const refused = superviseOddChild({ init: { fail: 'bad file' } }).child;
    await expect(refused.start()).rejects.toMatchObject({ code: 'model.corrupt', message: 'bad file' });
    expect(refused.status()).toMatchObject({ state: 'failed', reason: 'bad file' });
    await expect(refused.call({ do: 'echo' }, { predictedMs: 1 })).rejects.toMatchObject({ code: 'model.corrupt' });

    const crashing = superviseOddChild({ init: { crash: true } }).child;
    const early = crashing.call({ do: 'echo' }, { predictedMs: 1 });
    await Promise.all([
      expect(crashing.start()).rejects.toMatchObject({ code: 'engine.failed' }),
      expect(early).rejects.toMatchObject({ code: 'engine.failed' }),
    ]);
    expect(crashing.status().reason).toContain('SIGABRT');

    expect(crashing.status().state).toBe('failed');
    expect(crashing.post('x')).toBe(false);
    await expect(crashing.call({ do: 'echo' }, { predictedMs: 1 })).rejects.toMatchObject({ code: 'engine.failed' });

    const absent = superviseOddChild({ entry: { file: '/nowhere.js', execArgv: [] } }).child;
    await expect(absent.start()).rejects.toMatchObject({ code: 'engine.failed' });
  });

  it('kills a child that is not ready in time', async () => {
    const clock = new FakeClock();
    const { child, lost } = superviseOddChild({ clock, startTimeoutMs: 100 });
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
    const { child } = superviseOddChild();
    await child.start();
    kill(child, 'SIGSTOP');
    const packet = new Uint8Array(8_000);
    let sent = 0;
    while (sent < 10_000 && child.post(packet)) sent += 1;
    expect(sent).toBeGreaterThan(100);
    expect(sent).toBeLessThan(1_000);
  });

  it('limits the logged output of a child', async () => {
    const lines: unknown[] = [];
    const log = { ...silentLogger, debug: (_: string, fields?: unknown) => void lines.push(fields), child: () => log };
    const { child } = superviseOddChild({ log });
    await child.start();
    await child.call({ do: 'print', lines: 500 }, { predictedMs: 1 });
    await child.close();
    expect(lines.length).toBeLessThanOrEqual(51);
    expect((lines[0] as { line: string }).line.length).toBeLessThanOrEqual(500);
  });

  it('ends with its scope even if a task of the scope waits for its readiness', async () => {
    const scope = new Scope('test', () => undefined);
    const { child } = superviseOddChild({
      scope,
      entry: { file: 'never ready', execArgv: ['-e', 'process.on("message", () => undefined)'] },
    });
    scope.fork('start', () => child.start());
    const job = failureOf(child.call({ do: 'echo' }, { predictedMs: 1 }));
    await scope.close();
    expect(await job).toBeInstanceOf(Cancelled);
    expect(child.status()).toMatchObject({ state: 'closed', pid: undefined });
  });

  it('rejects pending jobs when it is closed, and ends even a process that is stopped', async () => {
    const { child, event } = superviseOddChild();
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
        // A zombie has ended, too. In a container, there may be no process that removes it.
        return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
      } catch {
        return false;
      }
    };
    while (alive()) await settle();
  });
});
