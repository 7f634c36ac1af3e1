import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fakeProgram } from '../../../test/compiled.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { INSTALLED, ModelShop, record, TOKENS, WEIGHTS } from '../../../test/fakes/model-shop.js';
import { TinyDisk } from '../../../test/fakes/tiny-disk.js';
import { Cancelled } from '../../core/index.js';
import { lockModel } from './lock.js';

let shop: ModelShop;

beforeEach(async () => {
  shop = await ModelShop.open();
});
afterEach(() => shop.close());

describe('an installed model', () => {
  beforeEach(async () => {
    shop.stock();
    await (await shop.store()).pull('test-model');
  });

  it('is distinguished from an incomplete one', async () => {
    truncateSync(join(shop.models, 'test-model', 'weights.bin'), 1_000);
    const it = await shop.store();
    expect(it.installed('test-model')).toBeUndefined();
    expect(await it.verify('test-model')).toEqual([
      { name: 'weights.bin', result: 'wrong size' },
      { name: 'sub/tokens.txt', result: 'ok' },
    ]);
    await it.pull('test-model');
    expect(it.installed('test-model')).toBeDefined();
  });

  it('is verified byte by byte', async () => {
    const path = join(shop.models, 'test-model', 'weights.bin');
    const bytes = readFileSync(path);
    bytes[100]! ^= 1;
    writeFileSync(path, bytes);
    rmSync(join(shop.models, 'test-model', 'sub', 'tokens.txt'));
    expect(await (await shop.store()).verify('test-model')).toEqual([
      { name: 'weights.bin', result: 'wrong hash' },
      { name: 'sub/tokens.txt', result: 'missing' },
    ]);
  });

  it('is downloaded again if its manifest is damaged', async () => {
    writeFileSync(join(shop.models, 'test-model', 'manifest.json'), '{"id": "test-mo');
    const it = await shop.store();
    expect(it.installed('test-model')).toBeUndefined();
    await it.pull('test-model');
    expect(it.installed('test-model')).toBeDefined();
  });

  it('can be removed, once', async () => {
    const it = await shop.store();
    expect(await it.remove('test-model')).toBe(true);
    expect(await it.remove('test-model')).toBe(false);
    expect(it.progressOf('test-model').state).toBe('missing');
    expect(shop.contents()).toEqual(['test-model.lock.json']);
  });

  it('is unchanged after a failed forced pull', async () => {
    shop.server.file('/one/weights.bin', WEIGHTS, { type: 'status', status: 404 });
    const it = await shop.store();
    await expect(it.pull('test-model', { force: true })).rejects.toMatchObject({ code: 'model.download_failed' });
    expect(it.installed('test-model')).toBeDefined();
    expect(shop.contents()).toEqual(INSTALLED);
  });
});

describe('models that come with Chorus', () => {
  it('are installed without a pull, and cannot be removed', async () => {
    const it = await shop.room.store();
    for (const id of ['moonshine-tiny-en', 'silero-vad']) {
      expect(it.installed(id)).toBeDefined();
      expect((await it.verify(id)).map(({ result }) => result)).not.toContain('missing');
      await expect(it.remove(id)).rejects.toMatchObject({ code: 'model.unknown' });
      expect(await it.pull(id, { force: true })).toBe(it.installed(id));
    }
  });
});

describe('a pull while another process holds the lock of the model', () => {
  let holder: ChildProcess;

  beforeEach(async () => {
    shop.stock();
    mkdirSync(shop.models);
    holder = fork(fakeProgram('lock-holder'), [shop.models, 'test-model']);
    await new Promise((resolve) => holder.once('message', resolve));
  });
  afterEach(() => {
    holder.kill('SIGKILL');
  });

  it('waits until the other process releases its lock or dies, and can be cancelled', async () => {
    const it = await shop.store({}, { lockStaleMs: 2_000 });
    const abort = new AbortController();
    const waiting = it.pull('test-model', { signal: abort.signal });
    abort.abort(new Cancelled('test'));
    await expect(waiting).rejects.toThrow('cancelled: test');
    expect(shop.server.requests).toEqual([]);
    const pull = it.pull('test-model');
    holder.kill('SIGKILL');
    await pull;
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('fails if the other process keeps the lock, but does not affect other models', async () => {
    const clock = new FakeClock();
    const options = {
      directory: shop.models,
      id: 'test-model',
      clock,
      signal: shop.room.scope.signal,
      onLost: () => undefined,
      waitMs: 0,
    };
    await expect(lockModel(options)).rejects.toMatchObject({ code: 'model.busy' });
    const release = await lockModel({ ...options, id: 'another' });
    const third = await lockModel({ ...options, id: 'third' });
    await release();
    await third();
  });
});

describe('a pull in the background', () => {
  it('retries with growing pauses until the model is installed, and stops with the store', async () => {
    const clock = new FakeClock();
    const it = await shop.store({}, { clock });
    const waiting = (): Promise<void> =>
      new Promise((resolve) => it.onChange(({ state }) => state === 'waiting' && resolve()));
    const there = new Promise<void>((resolve) => it.onChange(({ state }) => state === 'installed' && resolve()));
    it.ensure('test-model');
    it.ensure('test-model');
    await waiting();
    expect(it.progressOf('test-model')).toMatchObject({
      state: 'waiting',
      code: 'model.download_failed',
      reason: expect.stringContaining('answered 404') as string,
    });
    const after = shop.server.requests.length;
    await clock.advance(4_999);
    expect(shop.server.requests).toHaveLength(after);
    const again = waiting();
    await clock.advance(1);
    await again;
    expect(shop.server.requests.length).toBeGreaterThan(after);
    shop.stock();
    await clock.advance(10_000);
    await there;
    expect(it.installed('test-model')).toBeDefined();
    it.ensure('test-model');
    await shop.room.scope.close();
    expect(shop.room.errors).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('is still shown as waiting, with its reason, after a pull on request failed', async () => {
    const it = await shop.store({}, { clock: new FakeClock() });
    const waiting = new Promise<void>((resolve) => it.onChange(({ state }) => state === 'waiting' && resolve()));
    it.ensure('test-model');
    await waiting;
    const before = it.progressOf('test-model');
    await expect(it.pull('test-model')).rejects.toMatchObject({ code: 'model.download_failed' });
    expect(it.progressOf('test-model')).toEqual(before);
    expect(before).toMatchObject({ state: 'waiting', code: 'model.download_failed' });
  });

  it('ends if its scope closes during the download', async () => {
    shop.server.file('/one/weights.bin', WEIGHTS, { type: 'stall', afterBytes: 1_000 });
    (await shop.store()).ensure('test-model');
    await shop.server.stalled();
    await shop.room.scope.close();
    expect(shop.room.scope.tree().tasks).toEqual([]);
    expect(shop.room.errors).toEqual([]);
  });
});

describe.skipIf(!TinyDisk.possible())('a disk that fills up during a download', () => {
  let disk: TinyDisk;
  beforeAll(() => {
    disk = TinyDisk.mount(1);
  });
  afterAll(() => disk.unmount());

  it('is reported, and leaves no files behind', async () => {
    const big = Buffer.alloc(2 * 2 ** 20, 'big-');
    shop.server.file('/one/weights.bin', big);
    shop.server.file('/one/sub/tokens.txt', TOKENS);
    const directory = join(disk.folder, 'models');
    const files = [record('weights.bin', big), record('sub/tokens.txt', TOKENS)];
    // The check finds enough space, but then the disk is full, as if another program had filled it.
    const it = await shop.store({ files }, { directory, freeBytes: () => Promise.resolve(1e12) });
    await expect(it.pull('test-model')).rejects.toMatchObject({ code: 'data.disk_full' });
    expect(shop.contents(directory)).toEqual([]);
    const requests = shop.server.requests.length;
    await expect((await shop.store({ files }, { directory })).pull('test-model')).rejects.toMatchObject({
      code: 'data.disk_full',
    });
    expect(shop.server.requests.length).toBe(requests + 1);
    expect(shop.contents(directory)).toEqual([]);
  });
});
