import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError, Scope, silentLogger } from '../../core/index.js';
import {
  audioKey,
  type AudioLimits,
  type AudioSide,
  type AudioStore,
  type AudioTurn,
} from '../../platform/store/index.js';
import { Recordings, type RecordedTurn } from './recordings.js';

const KEY = audioKey('ab'.repeat(32));
const turn = (n: number): RecordedTurn => ({ id: `t${n}`, deviceId: 'd', atWallMs: 1000 + n });
const sound = (bytes = 20): { readonly bytes: Uint8Array; readonly ms: number } => ({
  bytes: new Uint8Array(bytes).fill(0x18),
  ms: 60,
});

/** A store in memory whose disk can be slow or full. */
class Disk implements AudioStore {
  readonly files = new Map<string, Uint8Array>();
  readonly pruned: AudioLimits[] = [];
  swept = 0;
  full = false;
  slow: Promise<void> = Promise.resolve();

  async keep({ id }: AudioTurn, side: AudioSide, sealed: Uint8Array): Promise<boolean> {
    await this.slow;
    if (this.full) throw new ChorusError('data.disk_full', 'full');
    this.files.set(`${id}.${side}`, sealed);
    return true;
  }

  read({ id }: AudioTurn, side: AudioSide): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.files.get(`${id}.${side}`));
  }

  sidesOf(): Promise<ReadonlyMap<string, readonly AudioSide[]>> {
    return Promise.resolve(new Map());
  }

  prune(limits: AudioLimits): Promise<number> {
    this.pruned.push(limits);
    return Promise.resolve(0);
  }

  sweep(): Promise<number> {
    this.swept += 1;
    return Promise.resolve(0);
  }
}

describe('recordings', () => {
  let clock: FakeClock;
  let disk: Disk;
  let metrics: CountingMetrics;
  let recordings: Recordings;
  let scope: Scope;
  beforeEach(() => {
    clock = new FakeClock();
    disk = new Disk();
    metrics = new CountingMetrics();
    recordings = new Recordings({
      store: disk,
      key: KEY,
      limits: () => ({ beforeMs: clock.wallMs() - 1000, maxBytes: 10 }),
      clock,
      log: silentLogger,
      metrics,
    });
    scope = new Scope('test', (error) => {
      throw error;
    });
    scope.fork('recordings', (signal) => recordings.run(signal));
  });
  afterEach(() => scope.close('over'));

  const kept = (): number => metrics.of('chorus_history_audio_total')['kept'] ?? 0;
  const dropped = (): number => metrics.of('chorus_history_audio_total')['dropped'] ?? 0;

  it('are encrypted and written once their turn is in the history, and can be played even before', async () => {
    recordings.add(turn(1), { heard: [sound()], said: [sound(), sound()] });
    await clock.advance(0);
    expect(disk.files.size).toBe(0);
    const before = await recordings.read(turn(1), 'heard');
    expect(Buffer.from(before ?? []).toString('latin1', 0, 4)).toBe('OggS');
    expect([...(await recordings.sidesOf([turn(1), turn(2)]))]).toEqual([['t1', ['heard', 'said']]]);
    expect(recordings.turnInMemory('t1')).toEqual(turn(1));
    recordings.written([turn(1)], true);
    await clock.advance(0);
    expect(recordings.turnInMemory('t1')).toBeUndefined();
    expect([...disk.files.keys()]).toEqual(['t1.heard', 't1.said']);
    for (const file of disk.files.values()) expect(Buffer.from(file).includes('OggS')).toBe(false);
    expect(Buffer.from((await recordings.read(turn(1), 'said')) ?? []).toString('latin1', 0, 4)).toBe('OggS');
    expect([kept(), dropped()]).toEqual([2, 0]);
    expect(await recordings.read(turn(2), 'heard')).toBeUndefined();
  });

  it('are not kept if nothing was heard or said', async () => {
    recordings.add(turn(1), { heard: [], said: [] });
    recordings.add(turn(2), { heard: [sound()], said: [] });
    recordings.written([turn(1), turn(2)], true);
    await clock.advance(0);
    expect([...disk.files.keys()]).toEqual(['t2.heard']);
  });

  it('are dropped and counted when the disk is full or the turn is not kept', async () => {
    disk.full = true;
    recordings.add(turn(1), { heard: [sound()], said: [sound()] });
    recordings.add(turn(2), { heard: [sound()], said: [] });
    recordings.written([turn(1)], true);
    recordings.written([turn(2)], false);
    await clock.advance(0);
    expect([kept(), dropped()]).toEqual([0, 3]);
    disk.full = false;
    recordings.add(turn(3), { heard: [sound()], said: [] });
    recordings.written([turn(3)], true);
    await clock.advance(0);
    expect([...disk.files.keys()]).toEqual(['t3.heard']);
  });

  it('wait for a slow disk in limited memory, and the oldest are dropped and counted', async () => {
    let answer = (): void => undefined;
    disk.slow = new Promise((resolve) => {
      answer = resolve;
    });
    const MB = 1024 * 1024;
    for (let n = 0; n < 40; n++) {
      recordings.add(turn(n), { heard: [sound(MB)], said: [] });
      recordings.written([turn(n)], true);
      await clock.advance(0);
    }
    expect(dropped()).toBe(8);
    answer();
    for (let n = 0; n < 200; n++) await clock.advance(0);
    expect([...disk.files.keys()]).toContain('t39.heard');
    expect([...disk.files.keys()]).not.toContain('t5.heard');
  });

  it('are forgotten in memory, and removed from disk after the write in progress', async () => {
    let answer = (): void => undefined;
    disk.slow = new Promise((resolve) => {
      answer = resolve;
    });
    recordings.add(turn(1), { heard: [sound()], said: [sound()] });
    recordings.add(turn(2), { heard: [sound()], said: [] });
    recordings.written([turn(1), turn(2)], true);
    await clock.advance(0);
    recordings.forget(({ deviceId }) => deviceId === 'd');
    const swept = disk.swept;
    const forgotten = recordings.forgotten();
    await clock.advance(0);
    expect(disk.swept).toBe(swept);
    answer();
    await forgotten;
    // One side of the turn is written completely before the removal. The other side is not written.
    expect([...disk.files.keys()]).toEqual(['t1.heard']);
    expect(disk.swept).toBe(swept + 1);
    expect(await recordings.sidesOf([turn(1), turn(2)])).toEqual(new Map());
  });

  it('are limited in age and size at the start, and once a minute while audio is written', async () => {
    await clock.advance(0);
    expect([disk.swept, disk.pruned.length]).toEqual([1, 1]);
    expect(disk.pruned[0]).toEqual({ beforeMs: clock.wallMs() - 1000, maxBytes: 10 });
    const write = async (n: number): Promise<void> => {
      recordings.add(turn(n), { heard: [sound()], said: [] });
      recordings.written([turn(n)], true);
      await clock.advance(0);
    };
    await write(1);
    await write(2);
    expect(disk.pruned).toHaveLength(1);
    await clock.advance(60_000);
    await write(3);
    expect(disk.pruned).toHaveLength(2);
  });

  it('are not played if their files were changed', async () => {
    recordings.add(turn(1), { heard: [sound()], said: [] });
    recordings.written([turn(1)], true);
    await clock.advance(0);
    const file = disk.files.get('t1.heard');
    if (file) file[file.byteLength - 1] = (file.at(-1) ?? 0) ^ 1;
    await expect(recordings.read(turn(1), 'heard')).rejects.toMatchObject({ code: 'history.audio_damaged' });
  });

  it('are written at shutdown, which does not wait for a disk that hangs', async () => {
    await scope.close('over');
    recordings.add(turn(1), { heard: [sound()], said: [] });
    recordings.add(turn(2), { heard: [sound()], said: [] });
    recordings.written([turn(1)], true);
    await recordings.flush();
    expect([...disk.files.keys()]).toEqual(['t1.heard']);
    expect(dropped()).toBe(1);
    disk.slow = new Promise(() => undefined);
    recordings.add(turn(3), { heard: [sound()], said: [] });
    recordings.written([turn(3)], true);
    const flushed = recordings.flush();
    await clock.advance(5000);
    await flushed;
    expect(dropped()).toBe(2);
  });
});
