import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Notices } from '../../src/conversation/notices/index.js';
import { Scope, silentLogger } from '../../src/core/index.js';
import type { TurnRecord } from '../../src/records/index.js';
import { openStore, type Store } from '../../src/platform/store/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { writesDone } from '../fakes/store-writes.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const ID = 'aa:bb:cc:dd:ee:ff';
const MINUTE_MS = 60_000;

describe('a timer on a silent device', () => {
  let folder: string;
  let store: Store;
  let scope: Scope;
  let clock: FakeClock;
  let notices: Notices;
  let world: World;
  let turns: TurnRecord[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-held-'));
    store = await openStore({ dataDir: folder });
    scope = new Scope('test', () => undefined);
    clock = new FakeClock();
  });
  afterEach(async () => {
    await scope.close('test');
    await endWorld(world);
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(mode: 'auto' | 'manual' | 'realtime', minutes: number, holdMs = 900_000): Promise<void> {
    notices = new Notices({
      store: store.notices,
      shared: false,
      clock,
      log: silentLogger,
      holdMs: () => holdMs,
      alarmTone: () => true,
    });
    turns = [];
    const onTurn = (_turn: unknown, complete: TurnRecord): void => void turns.push(complete);
    world = createWorld({ clock, notices, onTurn, rules: { wakeWords: ['hi esp'] } });
    notices.speakBy((deviceId, notice) => world.host.notify(deviceId, notice));
    scope.fork('notices', (signal) => notices.run(signal));
    world.device.start(mode);
    // The person released the button without speaking, so the device is idle.
    if (mode === 'manual') world.device.stop();
    const lengthMs = minutes * MINUTE_MS;
    const dueMs = clock.wallMs() + lengthMs;
    await notices.add({ deviceId: ID, kind: 'timer', dueMs, lengthMs, timeZone: 'Asia/Shanghai' });
    await pass(0);
  }
  /** Advances the clock. The database works in real time, so this also waits until it has answered. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left >= 0; left -= 5000) {
      await clock.advance(Math.min(left, 5000));
      for (let turn = 0; turn < 6; turn++) await writesDone(store);
    }
  }
  const said = (): string[] => world.connection.words.filter((word) => /^say:(?!Sorry|Goodbye)/.test(word));
  const isOpen = (): boolean => world.host.sessions() === 1;

  it.each(['auto', 'manual', 'realtime'] as const)('rings after ten minutes (%s)', async (mode) => {
    await start(mode, 10);
    await pass(10 * MINUTE_MS - 5000);
    expect(said()).toEqual([]);
    await pass(10_000);
    expect(said()).toEqual(['say:Time is up: your 10 minutes timer has ended.']);
    // The person has the usual time to answer. Only then is the connection closed.
    await pass(50_000);
    expect(isOpen()).toBe(true);
    await pass(30_000);
    expect(isOpen()).toBe(false);
  });

  it('makes the device ignore talk nearby, unless its name is called, and store no word of it', async () => {
    await start('auto', 10);
    await pass(2 * MINUTE_MS);
    world.stream().hears('shall we have tea or coffee');
    await pass(5000);
    expect(said()).toEqual([]);
    expect(world.conversation.asked).toEqual([]);
    expect(turns).toEqual([expect.objectContaining({ outcome: 'empty', overheard: 'unaddressed' })]);
    expect(JSON.stringify(turns)).not.toContain('coffee');
    world.stream().hears('hi esp how are you');
    await pass(5000);
    expect(world.conversation.asked).toEqual(['hi esp how are you']);
    // Now that the device was addressed, the conversation continues without its name.
    world.stream().hears('and what is new');
    await pass(5000);
    expect(world.conversation.asked).toHaveLength(2);
  });

  it('makes a realtime model forget talk near the device', async () => {
    await start('auto', 10);
    let closed = 0;
    Object.assign(world.conversation, { close: () => (closed += 1) });
    world.stream().hears('how are you');
    await pass(5000);
    expect(closed).toBe(0);
    await pass(2 * MINUTE_MS);
    world.stream().hears('shall we have tea or coffee');
    await pass(5000);
    expect(closed).toBe(1);
  });

  it('is missed if it is due after the longest time for which connections are held, or if none are held', async () => {
    await start('auto', 10, 0);
    await pass(MINUTE_MS + 30_000);
    expect(isOpen()).toBe(false);
    await pass(10 * MINUTE_MS);
    expect(await notices.of(ID)).toHaveLength(1);
  });
});
