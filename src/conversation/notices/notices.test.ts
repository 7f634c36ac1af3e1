import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { writesDone } from '../../../test/fakes/store-writes.js';
import { DAY_MS, Scope, silentLogger } from '../../core/index.js';
import { openStore, type Store } from '../../platform/store/index.js';
import type { SpokenNotice } from '../session/notice-port.js';
import { Notices, type NewNotice } from './index.js';

const A = 'aa:aa:aa:aa:aa:aa';
const B = 'bb:bb:bb:bb:bb:bb';
const ZONE = 'Asia/Shanghai';

describe('notices', () => {
  let folder: string;
  let store: Store;
  let clock: FakeClock;
  let scope: Scope;
  let heard: {
    readonly device: string;
    readonly id: string;
    readonly text: string;
    readonly recording: SpokenNotice['recording'];
    readonly rings: boolean | undefined;
  }[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-notices-'));
    store = await openStore({ dataDir: folder });
    clock = new FakeClock();
    scope = new Scope('test', () => undefined);
    heard = [];
  });
  afterEach(async () => {
    await scope.close('test');
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  let alarmTone = true;
  function start(shared = false, holdMs = 0): Notices {
    const notices = new Notices({
      store: store.notices,
      shared,
      clock,
      log: silentLogger,
      holdMs: () => holdMs,
      alarmTone: () => alarmTone,
    });
    notices.speakBy((device, notice: SpokenNotice) => {
      heard.push({
        device,
        id: notice.id,
        text: notice.text('en-US'),
        recording: notice.recording,
        rings: notice.rings,
      });
      return true;
    });
    scope.fork('notices', (signal) => notices.run(signal));
    return notices;
  }
  const timer = (dueInMs: number, more: Partial<NewNotice> = {}): NewNotice => ({
    deviceId: A,
    kind: 'reminder',
    dueMs: clock.wallMs() + dueInMs,
    timeZone: ZONE,
    text: 'tea',
    ...more,
  });
  /** Advances the clock in steps. The database needs real time to answer between them. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed <= ms; passed += Math.max(1, Math.floor(ms / 10))) {
      await clock.advance(Math.max(1, Math.floor(ms / 10)));
      for (let turn = 0; turn < 5; turn++) await writesDone(store);
    }
  }

  it('are spoken when they are due if the device is connected, and then removed', async () => {
    const notices = start();
    notices.present(A);
    await notices.add(timer(60_000));
    await pass(50_000);
    expect(heard).toEqual([]);
    await pass(20_000);
    expect(heard.map(({ text }) => text)).toEqual(['A reminder: tea.']);
    notices.over(A, heard[0]?.id ?? '', true);
    await pass(100);
    expect(await notices.of(A)).toEqual([]);
  });

  describe('of alarms', () => {
    const MINUTE_MS = 60_000;
    async function ring(): Promise<Notices> {
      const notices = start();
      notices.present(A);
      await notices.add(timer(1000, { kind: 'alarm', text: undefined }));
      await pass(1500);
      expect(heard).toHaveLength(1);
      return notices;
    }
    const last = (): string => heard.at(-1)?.id ?? '';

    it('ring three more times while nobody answers', async () => {
      const notices = await ring();
      for (let times = 2; times <= 4; times++) {
        notices.over(A, last(), true);
        await pass(MINUTE_MS);
        expect(heard).toHaveLength(times);
      }
      notices.over(A, last(), true);
      await pass(10 * MINUTE_MS);
      expect(heard).toHaveLength(4);
      expect(await notices.of(A)).toEqual([]);
    });

    it('stop ringing once somebody speaks to the device, during or after the sound', async () => {
      for (const when of ['sounding', 'after'] as const) {
        heard = [];
        const notices = await ring();
        if (when === 'sounding') notices.attended(A);
        notices.over(A, last(), true);
        await pass(1000);
        notices.attended(A);
        await pass(5 * MINUTE_MS);
        expect(heard).toHaveLength(1);
        expect(await notices.of(A)).toEqual([]);
        notices.gone(A);
      }
    });

    it('ring again, or stop ringing, even if the database fails at that moment', async () => {
      const notices = await ring();
      const stored = { add: store.notices.add.bind(store.notices), remove: store.notices.remove.bind(store.notices) };
      const fails = (): Promise<never> => Promise.reject(new Error('the database is gone'));
      store.notices.add = fails;
      notices.over(A, last(), true);
      await pass(1000);
      store.notices.add = stored.add;
      await pass(MINUTE_MS);
      expect(heard).toHaveLength(2);
      notices.over(A, last(), true);
      await pass(1000);
      store.notices.remove = fails;
      notices.attended(A);
      await pass(1000);
      store.notices.remove = stored.remove;
      await pass(5 * MINUTE_MS);
      expect(heard).toHaveLength(2);
    });

    it('do not ring again and cannot be snoozed if the device was forgotten', async () => {
      const notices = await ring();
      notices.over(A, last(), true);
      notices.forget(A);
      expect(notices.lastHeard(A)).toBeUndefined();
      await pass(5 * MINUTE_MS);
      expect(heard).toHaveLength(1);
    });

    it('do not ring again if they were spoken late, because somebody has just come', async () => {
      const notices = start();
      await notices.add(timer(1000, { kind: 'alarm', text: undefined }));
      await pass(10 * MINUTE_MS);
      notices.present(A);
      await pass(100);
      notices.over(A, last(), true);
      await pass(5 * MINUTE_MS);
      expect(heard.map(({ text }) => text)).toEqual(['You missed your alarm of 8:00 AM.']);
    });

    it('begin with a ring, unless it is switched off or they are spoken late', async () => {
      const notices = await ring();
      expect(heard[0]?.rings).toBe(true);
      notices.over(A, last(), true);
      alarmTone = false;
      await pass(MINUTE_MS);
      expect(heard[1]?.rings).toBe(false);
      alarmTone = true;
      notices.over(A, last(), true);
      notices.attended(A);
      notices.gone(A);
      await notices.add(timer(1000, { kind: 'alarm' }));
      await notices.add(timer(600_000));
      await pass(10 * MINUTE_MS);
      notices.present(A);
      await pass(100);
      expect(heard.slice(2).map(({ rings }) => rings)).toEqual([false, false]);
    });

    it('can be snoozed for a quarter of an hour', async () => {
      const notices = await ring();
      expect(notices.lastHeard(A)).toBeUndefined();
      notices.attended(A);
      notices.over(A, last(), true);
      expect(notices.lastHeard(A)).toMatchObject({ kind: 'alarm' });
      await pass(12 * MINUTE_MS);
      expect(notices.lastHeard(A)).toBeDefined();
      await pass(4 * MINUTE_MS);
      expect(notices.lastHeard(A)).toBeUndefined();
    });
  });

  it('keep the device connected from one minute before their time until they are due', async () => {
    const notices = start();
    notices.present(A);
    await notices.add(timer(70_000));
    await pass(100);
    expect(notices.expects(A)).toBe(false);
    await pass(20_000);
    expect(notices.expects(A)).toBe(true);
    await pass(60_000);
    expect(heard).toHaveLength(1);
    expect(notices.expects(A)).toBe(false);
  });

  it('keep the device connected for as long before their time as the configuration says', async () => {
    const notices = start(false, 900_000);
    notices.present(A);
    await notices.add(timer(920_000));
    await pass(100);
    expect(notices.expects(A)).toBe(false);
    await pass(20_000);
    expect(notices.expects(A)).toBe(true);
    expect(notices.expects(B)).toBe(false);
  });

  it('wait for a device that is not connected, and then say that they were missed', async () => {
    const notices = start();
    await notices.add(timer(1000));
    await pass(600_000);
    expect(heard).toEqual([]);
    notices.present(A);
    await pass(100);
    expect(heard[0]?.text).toBe('You missed a reminder of 8:00 AM: tea.');
  });

  it('are spoken again if the device left before they were heard', async () => {
    const notices = start();
    notices.present(A);
    await notices.add(timer(10));
    await pass(1000);
    notices.gone(A);
    await pass(100);
    notices.present(A);
    await pass(100);
    expect(heard).toHaveLength(2);
    notices.over(A, heard[1]?.id ?? '', true);
    await pass(100_000);
    expect(heard).toHaveLength(2);
  });

  it('that repeat are due at the same time of day, even after a change to summer time', async () => {
    const notices = start();
    notices.present(A);
    const dueMs = Date.UTC(2027, 2, 13, 12); // 7:00 in New York, the day before the clocks go forward.
    clock.setAhead(dueMs - clock.wallMs());
    await notices.add(timer(0, { kind: 'alarm', dueMs, repeats: '0 7 * * *', timeZone: 'America/New_York' }));
    await pass(100);
    notices.attended(A);
    notices.over(A, heard[0]?.id ?? '', true);
    await pass(100);
    expect((await notices.of(A)).map((notice) => notice.dueMs)).toEqual([Date.UTC(2027, 2, 14, 11)]);
  });

  it('claimed by a dead server are spoken after its restart, or by others once the claim has expired', async () => {
    const dead = start(true);
    dead.present(A);
    await dead.add(timer(10));
    await pass(1000);
    expect(heard).toHaveLength(1);
    await scope.close('killed');
    scope = new Scope('again', () => undefined);
    const other = start(true);
    other.present(A);
    await pass(30_000);
    expect(heard).toHaveLength(1);
    await pass(40_000);
    expect(heard).toHaveLength(2);
    await scope.close('killed');
    scope = new Scope('again', () => undefined);
    start(false).present(A);
    await pass(100);
    expect(heard).toHaveLength(3);
  });

  it('are not spoken after their expiry, or more than a day late', async () => {
    const notices = start();
    await notices.add(timer(0, { expiresMs: clock.wallMs() + 1000 }));
    await notices.add(timer(0));
    await pass(25 * 3_600_000);
    notices.present(A);
    await pass(1000);
    expect(heard).toEqual([]);
  });

  it('with an expiry are spoken until then, even days later', async () => {
    const notices = start();
    await notices.add(timer(0, { kind: 'message', expiresMs: clock.wallMs() + 3 * DAY_MS }));
    await pass(2 * DAY_MS);
    notices.present(A);
    await pass(1000);
    expect(heard.map(({ text }) => text)).toEqual(['tea']);
  });

  it('keep their recording as long as a notice needs it, even over a restart', async () => {
    const packets = [new Uint8Array(3000).fill(1), new Uint8Array([2]), new Uint8Array(3000).fill(3)];
    const long = Array.from({ length: 30 }, () => packets).flat();
    const recording = { id: 'song', packets: long };
    const before = start();
    for (const deviceId of [A, B]) await before.add(timer(0, { kind: 'message', recording, deviceId }));
    await scope.close('killed');
    scope = new Scope('again', () => undefined);
    const notices = start();
    notices.present(A);
    await pass(1000);
    expect(heard.map(({ recording: heardPackets }) => heardPackets?.map((packet) => [...packet]))).toEqual([
      long.map((packet) => [...packet]),
    ]);
    notices.over(A, heard[0]?.id ?? '', true);
    await pass(1000);
    expect(await store.notices.of(A)).toEqual([]);
    expect(await store.notices.recording('song')).toBeDefined();
    const [other] = await store.notices.of(B);
    expect(await store.notices.remove(B, [other?.id ?? ''])).toBe(1);
    expect(await store.notices.recording('song')).toBeUndefined();
  });

  it('are spoken even if the recording of another notice cannot be read', async () => {
    const recording = { id: 'song', packets: [new Uint8Array([1])] };
    const before = start();
    await before.add(timer(0, { kind: 'message', recording }));
    await before.add(timer(1, { deviceId: B }));
    await scope.close('killed');
    scope = new Scope('again', () => undefined);
    const read = store.notices.recording.bind(store.notices);
    store.notices.recording = () => Promise.reject(new Error('the database is gone'));
    const notices = start();
    notices.present(A);
    notices.present(B);
    await pass(1000);
    expect(heard.map(({ device }) => device)).toEqual([B]);
    store.notices.recording = read;
    await pass(50_000);
    expect(heard.map(({ device }) => device)).toEqual([B, A]);
  });

  it('lose their recording when they expire or their device is forgotten', async () => {
    const notices = start();
    const recorded = (id: string, more: Partial<NewNotice>): NewNotice =>
      timer(0, { kind: 'message', recording: { id, packets: [new Uint8Array([1])] }, ...more });
    await notices.add(recorded('late', { expiresMs: clock.wallMs() + 1000 }));
    await notices.add(recorded('gone', { deviceId: B }));
    await store.forget(B);
    expect(await store.notices.recording('gone')).toBeUndefined();
    expect(await store.notices.recording('late')).toBeDefined();
    await pass(2 * 3_600_000);
    expect(await store.notices.recording('late')).toBeUndefined();
  });

  it('with a recording are limited to a smaller number', async () => {
    const notices = start();
    const recording = { id: 'song', packets: [new Uint8Array([1])] };
    for (let n = 0; n < 20; n++) expect(await notices.add(timer(1_000_000, { recording }))).toBeDefined();
    expect(await notices.add(timer(1_000_000, { recording }))).toBeUndefined();
    expect(await notices.add(timer(1_000_000))).toBeDefined();
  });

  it('are limited in number per device', async () => {
    const notices = start();
    for (let n = 0; n < 200; n++) expect(await notices.add(timer(1_000_000))).toBeDefined();
    expect(await notices.add(timer(1_000_000))).toBeUndefined();
  });
});
