import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/fakes/fake-clock.js';
import { loadConfig, parseSetFlag, type Config, type Foundation, type LiveConfig } from '../config/index.js';
import { type Logger, noMetrics, Scope, silentLogger, sleep } from '../core/index.js';
import { composeCapacity, type Capacity } from './capacity.js';
import { MeasuredCosts } from '../capacity/index.js';

const { signal } = new AbortController();

async function configOf(settings: readonly string[]): Promise<Config> {
  const loaded = await loadConfig({ dataDir: '/nowhere', env: {}, flags: settings.map(parseSetFlag) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.config;
}

interface World {
  readonly clock: FakeClock;
  readonly capacity: Capacity;
  readonly lines: unknown[];
  readonly change: (...settings: string[]) => Promise<void>;
  readonly running: () => number;
  readonly start: (kind: 'asr' | 'tts', count: number, runMs?: number) => Promise<string>[];
}

async function world(...settings: string[]): Promise<World> {
  const clock = new FakeClock();
  const lines: unknown[] = [];
  const log: Logger = { ...silentLogger, debug: (message, fields) => void lines.push({ message, ...fields }) };
  let current = await configOf(settings);
  const live = {
    get current() {
      return current;
    },
  } as unknown as LiveConfig;
  const foundation: Foundation = {
    config: current,
    live,
    dataDir: '/nowhere',
    root: new Scope('test', () => undefined),
    http: { fetch },
    common: { clock, log, metrics: noMetrics },
  };
  const capacity = composeCapacity(foundation, await MeasuredCosts.load('/nowhere'));
  let device = 0;
  return {
    clock,
    capacity,
    lines,
    change: async (...next) => void (current = await configOf(next)),
    running: () => capacity.slots.view().running,
    start: (kind, count, runMs = 1000) =>
      Array.from({ length: count }, () =>
        capacity.slots
          .run({ kind, deviceId: `d${device++}`, deadlineMs: 100, predictedMs: 1 }, signal, async () => {
            await sleep(clock, runMs);
            return 'done';
          })
          .catch((error: unknown) => (error as { code: string }).code),
      ),
  };
}

describe('slots from the configuration', () => {
  it('end a wait after asr.acquire_timeout_ms', async () => {
    const { clock, start } = await world('load.slots=1', 'asr.acquire_timeout_ms=700');
    const both = start('asr', 2);
    await clock.advance(700);
    expect(await both[1]).toBe('capacity.queue_timeout');
    await clock.advance(300);
    expect(await both[0]).toBe('done');
  });

  it('limit each kind of job by asr.max_workers and tts.max_workers, even if these change during work', async () => {
    const settings = ['load.slots=2', 'asr.max_workers=1'];
    const { clock, capacity, start, running, change } = await world(...settings);
    // A machine with one core has no slots to share.
    if (capacity.slotCount < 2) return;
    const texts = start('asr', 3);
    expect(running()).toBe(1);
    const sentences = start('tts', 1);
    expect(running()).toBe(2);
    await change('load.slots=2', 'asr.max_workers=2', 'tts.max_workers=1');
    await clock.advance(1000);
    expect(running()).toBe(2);
    await clock.advance(1000);
    expect(await Promise.all([...texts, ...sentences])).toEqual(['done', 'done', 'done', 'done']);
    const more = start('tts', 2);
    expect(running()).toBe(1);
    await clock.advance(2000);
    expect(await Promise.all(more)).toEqual(['done', 'done']);
  });

  it('limit conversations by max_concurrent_sessions, and a higher number counts at once', async () => {
    const { capacity, change } = await world('load.target=off', 'max_concurrent_sessions=1');
    const first = capacity.admission.tryAdmit('a');
    expect(capacity.admission.tryAdmit('b')).toBeUndefined();
    await change('load.target=off', 'max_concurrent_sessions=2');
    expect(capacity.maxTalking).toBe(2);
    expect(capacity.admission.tryAdmit('b')).toBeDefined();
    first?.release();
  });

  it('allow speculative answers only while no job waits and there is room', async () => {
    const { clock, capacity, start } = await world('load.slots=1', 'max_concurrent_sessions=3');
    expect(capacity.mayPrepare()).toBe(true);
    const jobs = start('asr', 2, 100);
    expect(capacity.mayPrepare()).toBe(false);
    await clock.advance(200);
    await Promise.all(jobs);
    expect(capacity.mayPrepare()).toBe(true);
    for (const device of ['a', 'b', 'c']) expect(capacity.admission.tryAdmit(device)).toBeDefined();
    expect(capacity.mayPrepare()).toBe(false);
  });

  it('log each job in one line, for a recording', async () => {
    const { clock, start, lines } = await world('load.slots=1');
    await Promise.all([...start('tts', 1, 20), clock.advance(20)]);
    await settle();
    expect(lines).toMatchObject([
      {
        message: 'inference job',
        kind: 'tts',
        deviceId: 'd0',
        deadlineMs: 100,
        startedMs: 0,
        endedMs: 20,
        result: 'done',
      },
    ]);
  });
});
