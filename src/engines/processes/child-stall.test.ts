import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeProgram } from '../../../test/compiled.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { noMetrics, Scope, silentLogger } from '../../core/index.js';
import { SupervisedChild } from './supervisor.js';
import { longestDelayMs, readRunDelays, type RunDelays } from './run-delay.js';

/**
 * After a stall, time limits can fire before the waiting answers are read. But the limits must not kill a healthy child
 * with all its jobs.
 */
describe('a machine that stalls', () => {
  let clock: FakeClock;
  let scope: Scope;
  let child: SupervisedChild;
  let deaths: number;
  let onEvent: (event: unknown) => void;
  let onLost: () => void;
  let delays: () => RunDelays | undefined;

  beforeEach(async () => {
    clock = new FakeClock();
    scope = new Scope('test', () => undefined);
    deaths = 0;
    onEvent = () => undefined;
    onLost = () => undefined;
    delays = () => undefined;
    child = new SupervisedChild({
      name: 'odd',
      entry: { file: fakeProgram('odd-child'), execArgv: [] },
      niceness: 10,
      init: {},
      startTimeoutMs: 3_600_000,
      clock,
      scope,
      log: silentLogger,
      metrics: noMetrics,
      runDelays: () => Promise.resolve(delays()),
      onEvent: (event) => onEvent(event),
      onLost: () => {
        deaths += 1;
        onLost();
      },
    });
    await child.start();
  });
  afterEach(() => scope.close());

  it('does not cause a healthy child to be killed, however long and often it stalls', async () => {
    for (let time = 0; time < 2; time++) {
      const job = child.call({ do: 'echo', value: time }, { predictedMs: 1 });
      await clock.stall(60_000);
      expect(await job).toBe(time);
    }
    const waiting = new Promise<void>((resolve) => (onEvent = (event) => event === 'waiting' && resolve()));
    const abort = new AbortController();
    const long = child
      .call({ do: 'until-cancelled' }, { predictedMs: 1, signal: abort.signal, waitOnCancel: true })
      .catch(() => undefined);
    await waiting;
    for (let time = 0; time < 5; time++) await clock.stall(60_000);
    abort.abort();
    await long;
    expect(deaths).toBe(0);
    expect(child.status()).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it('kills a child that really hangs, at the latest one time limit after the stall', async () => {
    const hanging = new Promise<void>((resolve) => (onEvent = (event) => event === 'hanging' && resolve()));
    const job = child.call({ do: 'hang' }, { predictedMs: 1, retryOnCrash: false }).catch((error: unknown) => error);
    await hanging;
    const lost = new Promise<void>((resolve) => (onLost = resolve));
    process.kill(child.status().pid ?? Number.NaN, 'SIGSTOP');
    await clock.stall(60_000);
    await clock.advance(4_400);
    expect(deaths).toBe(0);
    await clock.advance(200);
    await lost;
    expect(await job).toMatchObject({ code: 'engine.hung' });
  });

  it('gives a child that other programs starve three more time limits, then kills it', async () => {
    const hanging = new Promise<void>((resolve) => (onEvent = (event) => event === 'hanging' && resolve()));
    const job = child.call({ do: 'hang' }, { predictedMs: 1, retryOnCrash: false }).catch((error: unknown) => error);
    await hanging;
    const lost = new Promise<void>((resolve) => (onLost = resolve));
    // One thread is ready to run all the time, but never gets a processor.
    delays = () =>
      new Map([
        ['1', 0],
        ['2', clock.nowMs()],
      ]);
    await clock.advance(19_000);
    expect(deaths).toBe(0);
    await clock.advance(2_000);
    await lost;
    expect(await job).toMatchObject({ code: 'engine.hung' });
  });

  it('gives no extra time to a child that waits for a processor only a tenth of the time', async () => {
    const hanging = new Promise<void>((resolve) => (onEvent = (event) => event === 'hanging' && resolve()));
    const job = child.call({ do: 'hang' }, { predictedMs: 1, retryOnCrash: false }).catch((error: unknown) => error);
    await hanging;
    const lost = new Promise<void>((resolve) => (onLost = resolve));
    delays = () => new Map([['1', clock.nowMs() / 10]]);
    await clock.advance(5_600);
    await lost;
    expect(await job).toMatchObject({ code: 'engine.hung' });
  });
});

describe('the times for which threads waited for a processor', () => {
  it('are compared for the thread that waited longest', () => {
    const before = new Map([
      ['1', 100],
      ['2', 50],
    ]);
    expect(
      longestDelayMs(
        before,
        new Map([
          ['1', 110],
          ['2', 90],
          ['3', 500],
        ]),
      ),
    ).toBe(40);
  });

  it.skipIf(process.platform !== 'linux')(
    'are read for each thread of a process, and undefined for a dead process',
    async () => {
      const delays = await readRunDelays(process.pid);
      expect(delays?.has(String(process.pid))).toBe(true);
      expect([...(delays?.values() ?? [])].every((delayMs) => delayMs >= 0)).toBe(true);
      expect(await readRunDelays(2 ** 22 + 1)).toBeUndefined();
    },
  );
});
