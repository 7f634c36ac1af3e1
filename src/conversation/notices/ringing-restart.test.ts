import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { writesDone } from '../../../test/fakes/store-writes.js';
import { MINUTE_MS, Scope, silentLogger } from '../../core/index.js';
import { openStore, type Store } from '../../platform/store/index.js';
import { Notices } from './index.js';

const A = 'aa:aa:aa:aa:aa:aa';

describe('an alarm whose server is killed and started again', () => {
  let folder: string;
  let store: Store;
  let clock: FakeClock;
  let scope: Scope;
  let heard: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-ringing-'));
    store = await openStore({ dataDir: folder });
    clock = new FakeClock();
    heard = [];
  });
  afterEach(async () => {
    await scope.close('test');
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  function start(): Notices {
    scope = new Scope('test', () => undefined);
    const options = { clock, log: silentLogger, holdMs: () => 0, alarmTone: () => true };
    const notices = new Notices({ store: store.notices, shared: false, ...options });
    notices.speakBy((_, { id }) => heard.push(id) > 0);
    scope.fork('notices', (signal) => notices.run(signal));
    return notices;
  }
  const last = (): string => heard.at(-1) ?? '';
  /** Advances the clock in steps. The database needs real time to answer between them. */
  async function pass(ms: number): Promise<void> {
    for (let step = 0; step <= 10; step++) {
      await clock.advance(ms / 10);
      for (let turn = 0; turn < 5; turn++) await writesDone(store);
    }
  }

  /** The alarm rings to its end, or only in part if `whole` is false. */
  async function ringAndRestart(whole: boolean): Promise<Notices> {
    const before = start();
    before.present(A);
    await before.add({ deviceId: A, kind: 'alarm', dueMs: clock.wallMs() + 1000, timeZone: 'UTC' });
    await pass(1500);
    expect(heard).toHaveLength(1);
    if (whole) before.over(A, last(), true);
    await pass(1000);
    await scope.close('killed');
    return start();
  }

  it('continues to ring, as often as without the restart', async () => {
    const notices = await ringAndRestart(true);
    notices.present(A);
    for (let times = 2; times <= 4; times++) {
      await pass(MINUTE_MS);
      expect(heard).toHaveLength(times);
      notices.over(A, last(), true);
    }
    await pass(10 * MINUTE_MS);
    expect(heard).toHaveLength(4);
    expect(await store.notices.of(A)).toEqual([]);
  });

  it.each(['at once', 'later'])('ends if somebody speaks to the device %s', async (when) => {
    const notices = await ringAndRestart(true);
    notices.present(A);
    if (when === 'later') await pass(1000);
    notices.attended(A);
    await pass(10 * MINUTE_MS);
    expect(heard).toHaveLength(1);
    expect(await store.notices.of(A)).toEqual([]);
  });

  it('can be snoozed', async () => {
    const notices = await ringAndRestart(true);
    notices.present(A);
    await pass(1000);
    expect(notices.lastHeard(A)).toMatchObject({ kind: 'alarm' });
  });

  it('rings once more if the server was killed while it rang', async () => {
    const notices = await ringAndRestart(false);
    notices.present(A);
    await pass(1000);
    expect(heard).toHaveLength(2);
    notices.attended(A);
    notices.over(A, last(), true);
    await pass(10 * MINUTE_MS);
    expect(heard).toHaveLength(2);
    expect(await store.notices.of(A)).toEqual([]);
  });
});
