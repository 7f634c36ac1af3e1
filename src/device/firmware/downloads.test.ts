import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { Downloads } from './downloads.js';

const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));

describe('downloads of firmware', () => {
  let folder: string;
  let clock: FakeClock;
  let limits: { downloads: number; downloadBytesPerSecond: number };
  let downloads: Downloads;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-firmware-'));
    await writeFile(join(folder, 'image'), BYTES);
    clock = new FakeClock();
    limits = { downloads: 2, downloadBytesPerSecond: Number.POSITIVE_INFINITY };
    downloads = new Downloads(() => limits, clock);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const start = (device: string, signal = new AbortController().signal): Promise<Readable> =>
    downloads.start(device, BYTES.length, () => open(join(folder, 'image'), 'r'), signal);
  const drained = async (stream: Readable): Promise<Buffer> => Buffer.concat((await stream.toArray()) as Buffer[]);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await settle(1);
  };

  it('send every byte, and leave no timer behind', async () => {
    expect(await drained(await start('a'))).toEqual(BYTES);
    await until(() => downloads.running === 0);
    expect(clock.pending).toBe(0);
  });

  it('share the limit of bytes per second', async () => {
    limits.downloadBytesPerSecond = 50_000;
    const startMs = clock.nowMs();
    const [one, two] = await Promise.all([start('a'), start('b')]);
    const both = Promise.all([drained(one), drained(two)]);
    // The clock advances in small steps, because a device that reads nothing for 40 s is disconnected.
    while (!one.destroyed || !two.destroyed) {
      await clock.advance(10);
      await settle(5);
    }
    expect((await both).every((bytes) => bytes.equals(BYTES))).toBe(true);
    // 200 kB at 50 kB/s take four seconds, less the time of the last piece.
    expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(3600);
  });

  it('wait if too many run already, and are refused if they wait too long', async () => {
    const [one] = await Promise.all([start('a'), start('b')]);
    const third = start('c');
    const fourth = start('d').then(
      () => 'started',
      (error: { code?: string }) => error.code,
    );
    await settle();
    expect(downloads.running).toBe(2);
    one.destroy();
    const stream = await third;
    expect(downloads.running).toBe(2);
    await clock.advance(20_000);
    expect(await fourth).toBe('capacity.queue_timeout');
    stream.destroy();
    await until(() => downloads.running === 1);
  });

  it('are refused at once if the queue is full', async () => {
    limits.downloads = 1;
    const first = await start('a');
    const waiting = Array.from({ length: 8 }, (_, i) => start(`w${i}`));
    await expect(start('late')).rejects.toMatchObject({ code: 'capacity.queue_full' });
    for (const one of waiting) one.catch(() => undefined);
    first.destroy();
    await waiting[0];
    await clock.advance(20_000);
    expect((await Promise.allSettled(waiting)).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('end when the same device starts a newer one, because the device has restarted', async () => {
    const older = await start('a');
    const closed = new Promise((resolve) => older.once('close', resolve));
    const newer = await start('a');
    await closed;
    expect(older.destroyed).toBe(true);
    expect(await drained(newer)).toEqual(BYTES);
  });

  it('end when the device stops reading, so that another one can begin', async () => {
    limits.downloads = 1;
    const stuck = await start('a');
    const closed = new Promise((resolve) => stuck.once('close', resolve));
    await clock.advance(40_000);
    await closed;
    expect(await drained(await start('b'))).toEqual(BYTES);
  });

  it('end when their device is gone', async () => {
    const gone = new AbortController();
    const stream = await start('a', gone.signal);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    gone.abort(new Error('gone'));
    await closed;
    expect(downloads.running).toBe(0);
    expect(clock.pending).toBe(0);
    await expect(start('b', gone.signal)).rejects.toThrow('gone');
    expect(downloads.running).toBe(0);
  });
});
