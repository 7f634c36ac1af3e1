import { describe, expect, it } from 'vitest';
import { settle } from '../../../test/fakes/fake-clock.js';
import type { EngineStatus } from '../engine-port.js';
import { type EngineProcess, replicated } from './replicas.js';

class FakeProcess implements EngineProcess {
  state: EngineStatus['state'] = 'ready';
  restarts = 0;
  started = false;
  readonly held: {
    readonly request: unknown;
    readonly end: (value: unknown) => void;
    readonly fail: (error: Error) => void;
  }[] = [];

  constructor(readonly pid: number) {}

  start(): Promise<void> {
    this.started = true;
    return this.state === 'failed' ? Promise.reject(new Error('damaged')) : Promise.resolve();
  }

  status(): EngineStatus {
    return {
      name: 'asr',
      state: this.state,
      pid: this.pid,
      restarts: this.restarts,
      reason: this.state === 'ready' ? undefined : this.state,
    };
  }

  call<T>(request: unknown): Promise<T> {
    return new Promise<T>((resolve, reject) =>
      this.held.push({ request, end: (value) => resolve(value as T), fail: reject }),
    );
  }
}

const options = { predictedMs: 1 };

describe('several processes of one model', () => {
  it('share the jobs evenly, and no longer count a job that failed', async () => {
    const [a, b] = [new FakeProcess(1), new FakeProcess(2)];
    const engine = replicated([a, b]);
    await engine.start();
    expect([a.started, b.started]).toEqual([true, true]);
    const jobs = ['one', 'two', 'three'].map((request) =>
      engine.call<string>(request, options).catch((error: Error) => error.message),
    );
    await settle();
    expect([a.held, b.held].map((held) => held.map(({ request }) => request))).toEqual([['one', 'three'], ['two']]);
    b.held[0]?.fail(new Error('broken'));
    a.held[0]?.end('text');
    await settle();
    const more = ['four', 'five'].map((request) => engine.call<string>(request, options));
    await settle();
    expect([a.held, b.held].map((held) => held.map(({ request }) => request))).toEqual([
      ['one', 'three', 'five'],
      ['two', 'four'],
    ]);
    for (const { end } of [...a.held, ...b.held]) end('text');
    expect(await Promise.all([...jobs, ...more])).toEqual(['text', 'broken', 'text', 'text', 'text']);
  });

  it('are ready while one of them is, which then gets all jobs; if none is ready, they report the reason', async () => {
    const [a, b] = [new FakeProcess(1), new FakeProcess(2)];
    const engine = replicated([a, b]);
    [a.state, a.restarts, b.restarts] = ['restarting', 1, 2];
    expect(engine.status()).toEqual({ name: 'asr', state: 'ready', pid: 2, restarts: 3, reason: undefined });
    void engine.call('one', options);
    void engine.call('two', options);
    await settle();
    expect([a.held.length, b.held.length]).toEqual([0, 2]);
    b.state = 'failed';
    expect(engine.status()).toMatchObject({ state: 'restarting', reason: 'restarting' });
    await expect(engine.start()).rejects.toThrow('damaged');
  });

  it('are not needed for a single process, which is returned unchanged', () => {
    const alone = new FakeProcess(1);
    expect(replicated([alone])).toBe(alone);
    expect(() => replicated([])).toThrow(RangeError);
  });
});
