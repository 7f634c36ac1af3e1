import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { configSchema } from '../../config/index.js';
import { noMetrics, Scope, silentLogger } from '../../core/index.js';
import { readRecords } from './record-file.js';
import type { StoreUpkeep } from './upkeep-port.js';
import type { DrainRequest } from '../../http/index.js';
import { LiveConfig } from '../../config/index.js';
import type { Supervisor } from '../../http/index.js';
import { createServerUpkeep } from './server-upkeep.js';

/** A Wednesday. */
const START = Date.UTC(2026, 10, 25, 3, 0);
const HOUR_MS = 3_600_000;

let dataDir = '';
let root: Scope;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chorus-upkeep-'));
});
afterEach(async () => {
  await root.close('test over');
  await rm(dataDir, { recursive: true, force: true });
});

class SettableClock extends FakeClock {
  aheadMs = 0;

  override wallMs(): number {
    return super.wallMs() + this.aheadMs;
  }
}

function world(
  settings: Readonly<Record<string, unknown>>,
  { supervisor, aheadMs = 0 }: { readonly supervisor?: Supervisor; readonly aheadMs?: number } = {},
) {
  const clock = new SettableClock(START);
  clock.aheadMs = aheadMs;
  const warnings: string[] = [];
  const failures: string[] = [];
  root = new Scope('server', (name, error) => failures.push(`${name}: ${String(error)}`));
  const config = configSchema.parse({ session: { time_zone: 'UTC' }, upkeep: { check_seconds: 0, ...settings } });
  const live = new LiveConfig(config);
  const store: StoreUpkeep = {
    check: () => Promise.resolve([]),
    backup: () => Promise.resolve({ file: 'b', bytes: 1 }),
    pruneHistory: () => Promise.resolve(0),
    pruneAudio: () => Promise.resolve(0),
    vacuum: () => Promise.resolve({ beforeBytes: 1, afterBytes: 1 }),
  };
  const drained: DrainRequest[] = [];
  const state = { idle: true };
  const control = createServerUpkeep(
    {
      config,
      live,
      dataDir,
      root,
      http: { fetch },
      common: {
        clock,
        log: { ...silentLogger, warn: (message: string) => void warnings.push(message) },
        metrics: noMetrics,
      },
    },
    {
      store,
      supervisor,
      configFile: undefined,
      isIdle: () => state.idle,
      origin: () => 'http://127.0.0.1:1',
      drain: { underWay: false, request: (request) => (drained.push(request), Promise.resolve()) },
    },
  );
  /** Gives the file system real time between the steps of fake time. */
  const pass = async (ms: number): Promise<void> => {
    for (let step = 0; step < 20; step++) {
      await clock.advance(ms / 20);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, control, drained, failures, live, pass, state, warnings };
}
const names = async (): Promise<number> => (await readRecords(dataDir)).length;

/** Writing may be slow, because other tests use the disk at the same time. */
const WRITTEN = { timeout: 10_000 };

describe('the daily upkeep of a server', () => {
  it('runs at its hour when nobody talks', async () => {
    const { control, failures, pass, state } = world({});
    expect((await control.view('en')).tasks[0]).toMatchObject({
      name: 'leftovers',
      title: 'leftovers of killed processes',
      nextAtMs: Date.UTC(2026, 10, 25, 4),
    });
    state.idle = false;
    await pass(1.2 * HOUR_MS);
    expect(await names()).toBe(0);
    state.idle = true;
    await pass(0.1 * HOUR_MS);
    await expect.poll(names, WRITTEN).toBe(9);
    const view = await control.view('zh');
    expect(view.running).toBe(false);
    expect(view.tasks[0]).toMatchObject({
      title: '清理残留文件',
      ok: true,
      outcome: 'done',
      summary: '没有残留文件。',
      nextAtMs: Date.UTC(2026, 10, 26, 4),
    });
    expect(failures).toEqual([]);
  });

  it('does not wait forever until nobody talks, and runs harmless tasks after an hour', async () => {
    const { pass, state } = world({ idle_wait_minutes: 30 });
    state.idle = false;
    await pass(1.6 * HOUR_MS);
    await expect.poll(names, WRITTEN).toBe(9);
    const records = await readRecords(dataDir);
    expect(records.filter(({ outcome }) => outcome === 'skipped').map(({ name }) => name)).toEqual([
      'logs',
      'config_backup',
      'store_vacuum',
      'performance',
    ]);
  });

  it('runs even if the clock was a month ahead when the server started', async () => {
    const { clock, control, pass } = world({}, { aheadMs: 30 * 24 * HOUR_MS });
    await pass(0.1 * HOUR_MS);
    clock.aheadMs = 0;
    expect((await control.view('en')).tasks[0]).toMatchObject({ nextAtMs: Date.UTC(2026, 10, 25, 4) });
    await pass(1.2 * HOUR_MS);
    await expect.poll(names, WRITTEN).toBe(9);
  });

  it('can be switched off while the server runs, and requested at any time', async () => {
    const { control, live, pass } = world({});
    await live.replace(configSchema.parse({ upkeep: { enabled: false, check_seconds: 0 } }), {
      trial: false,
      signal: root.signal,
    });
    await pass(3 * HOUR_MS);
    expect(await names()).toBe(0);
    expect((await control.view('en')).tasks[0]).not.toHaveProperty('nextAtMs');
    expect(() => control.start(['dishes'])).toThrow('there is no task dishes');
    control.start(['leftovers', 'memory']);
    expect(() => control.start(undefined)).toThrow('under way');
    await expect.poll(names, WRITTEN).toBe(2);
  });
});

describe('the weekly restart', () => {
  it('drains the server at its hour if something starts the server again', async () => {
    const { drained, pass } = world({ enabled: false, weekly_restart: 'wed 04:30' }, { supervisor: 'systemd' });
    await pass(1.4 * HOUR_MS);
    expect(drained).toEqual([]);
    await pass(0.2 * HOUR_MS);
    expect(drained).toEqual([{ reason: 'weekly restart', withinMs: 30_000, restart: true }]);
    await pass(20 * HOUR_MS);
    expect(drained).toHaveLength(1);
  });

  it('runs even if the clock was a month ahead when the server started', async () => {
    const { clock, drained, pass } = world(
      { enabled: false, weekly_restart: 'wed 04:30' },
      { supervisor: 'systemd', aheadMs: 30 * 24 * HOUR_MS },
    );
    await pass(0.1 * HOUR_MS);
    clock.aheadMs = 0;
    await pass(1.6 * HOUR_MS);
    expect(drained).toHaveLength(1);
  });

  it('is skipped with a log line if nothing starts the server again, and is off by default', async () => {
    const { drained, pass, warnings } = world({ enabled: false, weekly_restart: 'wed 04:30' });
    await pass(2 * HOUR_MS);
    expect([drained, warnings]).toEqual([
      [],
      ['no weekly restart: nothing is known that would start the server again (systemd, a container)'],
    ]);
    expect(configSchema.parse({}).upkeep.weekly_restart).toBe('off');
  });
});
