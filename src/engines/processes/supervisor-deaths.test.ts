import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Cancelled } from '../../core/index.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { closeChildren, failureOf, kill, superviseOddChild } from '../../../test/fakes/supervised-child.js';
import { type SpawnOptions, spawnChild } from './spawn.js';

afterEach(closeChildren);

describe('a supervised process that dies', () => {
  it('runs its job again after it was killed by SIGKILL', async () => {
    const { child, calls, event, events } = superviseOddChild();
    await child.start();
    const abort = new AbortController();
    const job = child.call({ do: 'hang' }, { predictedMs: 1, signal: abort.signal });
    await event('hanging');
    events.length = 0;
    kill(child, 'SIGKILL');
    await event('hanging'); // The job runs again in the new process.
    expect(calls).toEqual(['lost', 'restart']);
    expect(child.status()).toMatchObject({ state: 'ready', restarts: 1 });
    abort.abort(new Cancelled('test'));
    await expect(job).rejects.toThrow('cancelled: test');
  });

  it('is killed if it is stopped and its job is overdue; the job is quarantined, and others continue', async () => {
    const clock = new FakeClock();
    const { child, event, events, calls, lost } = superviseOddChild({ clock });
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

  it('no longer runs a job that aborted it twice, but completes the concurrent job', async () => {
    const { child, event, events, restarted } = superviseOddChild();
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
    // Both jobs are suspects. The older, harmless job runs first, without the other.
    expect(await child.call({ do: 'echo', value: 1 }, { predictedMs: 1 })).toBe(1);
    abort.abort(new Cancelled('enough'));
    expect(await failureOf(innocent)).toHaveProperty('message', 'cancelled: enough');
    expect(await verdict).toHaveProperty('code', 'engine.quarantined');
    expect(await child.call({ do: 'echo', value: 2 }, { predictedMs: 1 })).toBe(2);
    expect(child.status().restarts).toBe(2);
  });

  it('pauses for 2 s after three deaths within a minute, and reports the reason', async () => {
    const clock = new FakeClock();
    const { child, lost, restarted } = superviseOddChild({ clock });
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

  it('is restarted at once after any number of deaths if it was ready for long in between', async () => {
    const clock = new FakeClock();
    const { child, lost, restarted } = superviseOddChild({ clock });
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

  it.skipIf(process.platform === 'win32')('is restarted once the system can start processes again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chorus-child-'));
    const niceCommand = join(folder, 'nice');
    const letStart = (): void => writeFileSync(niceCommand, '#!/bin/sh\nexec nice "$@"\n', { mode: 0o700 });
    try {
      letStart();
      const clock = new FakeClock();
      const { child, lost, restarted } = superviseOddChild({ clock, niceCommand });
      await child.start();
      // The command becomes a link to itself. Node then throws, as it does without free memory.
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

  it('is restarted once a file descriptor is free; waiting for it is not counted as a death', async () => {
    const clock = new FakeClock();
    let full = false;
    const spawn = (options: SpawnOptions): ChildProcess => {
      if (full) throw Object.assign(new Error('spawn nice EMFILE'), { code: 'EMFILE' });
      return spawnChild(options);
    };
    const { child, lost, restarted } = superviseOddChild({ clock, spawn });
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
});
