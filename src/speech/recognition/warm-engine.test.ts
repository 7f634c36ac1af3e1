import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { ChorusError, noMetrics, Scope, silentLogger, sleep } from '../../core/index.js';
import { createSlots, type Slots } from '../../capacity/index.js';
import type { EngineStatus } from '../../engines/index.js';
import type { AsrEngine } from './held-engine.js';
import { warmedEngine } from './warm-engine.js';

describe('a warmed engine', () => {
  let clock: FakeClock;
  let slots: Slots;
  let scope: Scope;
  let runs: number[];
  let atOnce: number;
  let fails: Error | undefined;
  let state: EngineStatus['state'];

  beforeEach(() => {
    clock = new FakeClock();
    slots = createSlots({ clock, metrics: noMetrics, slots: 2 });
    scope = new Scope('test', () => undefined);
    runs = [];
    atOnce = 0;
    fails = undefined;
    state = 'ready';
  });

  const make = (): AsrEngine => {
    let running = 0;
    const engine: AsrEngine = {
      provider: {
        id: 'model',
        languages: ['*'],
        local: true,
        punctuationMeansEnd: true,
        predictMs: (audioMs) => audioMs / 20,
        async transcribe({ pcm }) {
          running += 1;
          atOnce = Math.max(atOnce, running);
          await sleep(clock, pcm.length / 320);
          running -= 1;
          if (fails) throw fails;
          runs.push(pcm.length / 16);
          return { text: 'words', runMs: 1, processCpuMs: pcm.length / 160 };
        },
      },
      start: async () => {
        if (state === 'failed') throw new ChorusError('engine.failed', 'no memory');
      },
      status: () => ({ name: 'asr', state, pid: 1, restarts: 0, reason: undefined }),
    };
    return warmedEngine(engine, {
      slots,
      poolSize: 2,
      speech: () => Promise.resolve(new Int16Array(5 * 16_000)),
      language: 'en',
      clock,
      log: silentLogger,
      scope,
    });
  };

  it('is ready only after every slot has recognised two lengths of speech, once', async () => {
    const engine = make();
    const started = Promise.all([engine.start(), engine.start()]);
    await settle();
    expect(engine.status().state).toBe('starting');
    await clock.advance(1000);
    await started;
    await engine.start();
    expect(engine.status().state).toBe('ready');
    expect(atOnce).toBe(2);
    expect(runs).toEqual([5000, 5000, 4000, 4000]);
    // Two simultaneous jobs of 4 s used 0.4 s of CPU together, and each job reports this total.
    expect(engine.triedCost?.()).toBe(0.05);
    expect(clock.pending).toBe(0);
  });

  it('runs its warm-up after jobs of devices that already talk', async () => {
    const order: string[] = [];
    const busy = slots.run({ kind: 'asr', deviceId: 'x', deadlineMs: 0, predictedMs: 100 }, scope.signal, () =>
      sleep(clock, 100),
    );
    const engine = make();
    const started = engine.start();
    await settle();
    const device = slots.run(
      { kind: 'asr', deviceId: 'd', deadlineMs: 300, predictedMs: 100 },
      scope.signal,
      async () => void order.push(`device before ${4 - runs.length} of the warm-up`),
    );
    await clock.advance(2000);
    await Promise.all([busy, started, device]);
    expect(order).toEqual(['device before 4 of the warm-up']);
  });

  it('becomes ready even if the warm-up fails, and keeps its other properties', async () => {
    fails = new ChorusError('asr.failed', 'odd');
    const engine = make();
    await Promise.all([engine.start(), clock.advance(1000)]);
    expect(engine.status().state).toBe('ready');
    state = 'failed';
    expect(make().status().state).toBe('failed');
  });

  it('warms up and becomes ready if its model is loaded only after a failure', async () => {
    state = 'failed';
    const engine = make();
    await expect(engine.start()).rejects.toMatchObject({ code: 'engine.failed' });
    expect(engine.status().state).toBe('failed');
    // The supervisor has started the process again. `/readyz` asks for the status, and no device connects.
    state = 'ready';
    expect(engine.status().state).toBe('starting');
    await clock.advance(1000);
    expect(engine.status().state).toBe('ready');
    expect(runs).toEqual([5000, 5000, 4000, 4000]);
  });

  it('leaves no job behind if the server stops during the warm-up', async () => {
    const engine = make();
    const started = engine.start();
    await settle();
    await scope.close();
    await started;
    await clock.advance(1000);
    expect(clock.pending).toBe(0);
  });
});
