import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rule } from '../../../test/fakes/file-server.js';
import type { EngineRoom } from '../../../test/fakes/engine-room.js';
import { INSTALLED, ModelShop, sha256, TOKENS, WEIGHTS } from '../../../test/fakes/model-shop.js';
import { asOrdinaryUser } from '../../../test/fakes/ordinary-user.js';
import { Cancelled } from '../../core/index.js';
import type { ModelProgress } from '../index.js';

const SERVE: Rule = { type: 'serve' };
let shop: ModelShop;

beforeEach(async () => {
  shop = await ModelShop.open();
});
afterEach(() => shop.close());

describe('pull', () => {
  it('downloads, checks, installs, reports progress, and is idempotent', async () => {
    shop.stock();
    const it = await shop.store();
    const reported: ModelProgress[] = [];
    it.onChange((progress) => reported.push(progress));
    expect(it.installed('test-model')).toBeUndefined();
    expect(it.progressOf('test-model').state).toBe('missing');
    const installed = await it.pull('test-model');
    expect(installed.files.map(({ path }) => readFileSync(path).length)).toEqual([WEIGHTS.length, TOKENS.length]);
    expect(shop.contents()).toEqual(INSTALLED);
    expect(reported.map(({ state }) => state)).toContain('downloading');
    expect(reported.at(-1)).toMatchObject({ id: 'test-model', state: 'installed' });
    expect(reported.find(({ state }) => state === 'downloading')).toMatchObject({
      mirror: 'one',
      totalBytes: WEIGHTS.length + TOKENS.length,
    });
    const requests = shop.server.requests.length;
    await it.pull('test-model');
    expect(shop.server.requests).toHaveLength(requests);
    expect((await shop.store()).installed('test-model')?.files).toEqual(installed.files);
  });

  it('continues after a broken connection', async () => {
    shop.server.file('/one/weights.bin', WEIGHTS, { type: 'cut', afterBytes: 100_000 }, SERVE);
    shop.server.file('/one/sub/tokens.txt', TOKENS);
    await (await shop.store()).pull('test-model');
    const ranges = shop.server.requests.filter(({ path }) => path.endsWith('weights.bin')).map(({ range }) => range);
    expect(ranges).toHaveLength(2);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('continues a file that an earlier process began, even from another mirror', async () => {
    shop.server.file('/one/weights.bin', WEIGHTS, { type: 'stall', afterBytes: 100_000 });
    const abort = new AbortController();
    const pull = (await shop.store()).pull('test-model', { signal: abort.signal });
    await shop.server.stalled();
    // A download can be continued only from bytes on disk, so this waits for some.
    const part = join(shop.models, '.staging', 'test-model', 'weights.bin.part');
    while (!existsSync(part) || readFileSync(part).length < 50_000)
      await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Cancelled('Ctrl-C'));
    await expect(pull).rejects.toThrow('cancelled: Ctrl-C');
    expect(shop.contents().some((path) => path.startsWith('test-model'))).toBe(false);

    shop.server.file('/one/weights.bin', WEIGHTS, { type: 'status', status: 503 });
    shop.server.file('/two/weights.bin', WEIGHTS);
    shop.server.file('/two/sub/tokens.txt', TOKENS);
    await (await shop.store()).pull('test-model');
    expect(shop.server.requests.find(({ path }) => path === '/two/weights.bin')?.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('starts over if a server ignores ranges', async () => {
    shop.server.file('/one/weights.bin', WEIGHTS, { type: 'cut', afterBytes: 100_000 }, { type: 'whole' });
    shop.server.file('/one/sub/tokens.txt', TOKENS);
    await (await shop.store()).pull('test-model');
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('uses the next mirror after a wrong hash, a wrong size, a refusal or a dead host', async () => {
    const wrong = Buffer.from(WEIGHTS);
    wrong[7] = 0;
    shop.server.file('/one/weights.bin', wrong);
    shop.server.file('/two/weights.bin', WEIGHTS.subarray(1));
    shop.server.file('/three/weights.bin', WEIGHTS, { type: 'status', status: 403 });
    shop.server.file('/four/weights.bin', WEIGHTS);
    shop.server.file('/four/sub/tokens.txt', TOKENS);
    const dead = { name: 'dead', place: 'world', baseUrl: 'http://127.0.0.1:9' } as const;
    const it = await shop.store({
      source: {
        type: 'download',
        mirrors: [dead, shop.mirror('one'), shop.mirror('two'), shop.mirror('three'), shop.mirror('four')],
      },
    });
    await it.pull('test-model');
    expect(shop.contents()).toEqual(INSTALLED);
    expect(await it.verify('test-model')).toEqual([
      { name: 'weights.bin', result: 'ok' },
      { name: 'sub/tokens.txt', result: 'ok' },
    ]);
  });

  it('stops a mirror that sends no length and more bytes than the file has', async () => {
    shop.server.file('/one/weights.bin', WEIGHTS, { type: 'endless' });
    shop.server.file('/one/sub/tokens.txt', TOKENS);
    const failure = await (await shop.store()).pull('test-model').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'model.download_failed' });
    expect(String(failure)).toContain(`sent more than the ${WEIGHTS.length} bytes of the file`);
  });

  it('reports the failure of each mirror if none delivers', async () => {
    const wrong = Buffer.from(WEIGHTS);
    wrong[7] = 0;
    shop.server.file('/one/weights.bin', wrong);
    const failure = await (await shop.store()).pull('test-model').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'model.download_failed' });
    expect(String(failure)).toContain('one: weights.bin has the wrong hash; two: 127.0.0.1');
    expect(String(failure)).toContain('answered 404');
    expect(shop.contents()).toEqual([]);
  });

  it('abandons a mirror that stalls', async () => {
    shop.server.file('/one/weights.bin', WEIGHTS, { type: 'stall', afterBytes: 1_000 });
    shop.server.file('/two/weights.bin', WEIGHTS);
    shop.server.file('/two/sub/tokens.txt', TOKENS);
    await (await shop.store({}, { stallMs: 200 })).pull('test-model');
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('uses mirrors near the user first, or those of the configuration', async () => {
    const china = { ...shop.mirror('china'), place: 'china' } as const;
    const source = { type: 'download', mirrors: [shop.mirror('one'), china] } as const;
    for (const name of ['one', 'china', 'own/test-model']) {
      shop.server.file(`/${name}/weights.bin`, WEIGHTS);
      shop.server.file(`/${name}/sub/tokens.txt`, TOKENS);
    }
    const first = async (options: Parameters<EngineRoom['store']>[0]): Promise<string | undefined> => {
      const from = shop.server.requests.length;
      await (await shop.store({ source }, options)).pull('test-model', { force: true });
      return shop.server.requests[from]?.path;
    };
    expect(await first({ locale: 'cn' })).toBe('/china/weights.bin');
    expect(await first({ locale: 'world' })).toBe('/one/weights.bin');
    expect(await first({ mirrors: ['china'] })).toBe('/china/weights.bin');
    expect(await first({ mirrors: [`${shop.server.url}/own/`] })).toBe('/own/test-model/weights.bin');
  });

  it('downloads from an address that the user gives', async () => {
    shop.server.file('/mine/weights.bin', WEIGHTS);
    shop.server.file('/mine/sub/tokens.txt', TOKENS);
    await (await shop.store()).pull('test-model', { from: `${shop.server.url}/mine` });
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('does not begin if the disk has no room, and reports the required size', async () => {
    shop.server.file('/one/weights.bin', WEIGHTS);
    const it = await shop.store({}, { freeBytes: () => Promise.resolve(64 * 2 ** 20 + 1_000) });
    await expect(it.pull('test-model')).rejects.toMatchObject({
      code: 'data.disk_full',
      message: expect.stringMatching(/^test-model needs 65 MB in .+, 65 MB are free$/) as string,
    });
    expect(shop.contents()).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('names the folder that is not writable', async () => {
    mkdirSync(shop.models);
    const store = await shop.store();
    await asOrdinaryUser(join(shop.models, '..'), async () => {
      chmodSync(shop.models, 0o500);
      await expect(store.pull('test-model')).rejects.toMatchObject({ code: 'data.not_writable' });
      chmodSync(shop.models, 0o700);
    });
  });

  it('names the folder that cannot be created', async () => {
    writeFileSync(shop.models, 'a file where the folder should be');
    await expect((await shop.store()).pull('test-model')).rejects.toMatchObject({ code: 'data.not_writable' });
    rmSync(shop.models);
  });

  it('runs only once if the model is requested several times at once', async () => {
    shop.stock();
    const it = await shop.store();
    await Promise.all([it.pull('test-model'), it.pull('test-model')]);
    expect(shop.server.requests).toHaveLength(2);
  });

  it('rejects unknown model names', async () => {
    const it = await shop.store();
    await expect(it.pull('other')).rejects.toMatchObject({ code: 'model.unknown' });
    await expect(it.verify('other')).rejects.toMatchObject({ code: 'model.unknown' });
    await expect(it.remove('other')).rejects.toMatchObject({ code: 'model.unknown' });
  });
});

describe('a model with unknown hashes', () => {
  const unknown = { files: [{ name: 'weights.bin' }, { name: 'sub/tokens.txt' }] };

  it('is recorded at its first pull and must match that record later', async () => {
    shop.stock();
    await (await shop.store(unknown)).pull('test-model');
    const lock = JSON.parse(readFileSync(join(shop.models, 'test-model.lock.json'), 'utf8')) as unknown;
    expect(lock).toEqual({
      'weights.bin': { sizeBytes: WEIGHTS.length, sha256: sha256(WEIGHTS) },
      'sub/tokens.txt': { sizeBytes: TOKENS.length, sha256: sha256(TOKENS) },
    });

    expect(await (await shop.store(unknown)).remove('test-model')).toBe(true);
    shop.server.file('/one/sub/tokens.txt', 'b 0\n');
    await expect((await shop.store(unknown)).pull('test-model')).rejects.toMatchObject({
      code: 'model.download_failed',
      message: expect.stringContaining('sub/tokens.txt has the wrong hash') as string,
    });
    await (await shop.store(unknown)).pull('test-model', { force: true });
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('is not made of files from two mirrors', async () => {
    shop.server.file('/one/weights.bin', Buffer.alloc(10, 1));
    shop.server.file('/one/sub/tokens.txt', TOKENS, { type: 'status', status: 500 });
    shop.server.file('/two/weights.bin', WEIGHTS);
    shop.server.file('/two/sub/tokens.txt', TOKENS);
    const installed = await (await shop.store(unknown)).pull('test-model');
    expect(installed.files[0]?.sizeBytes).toBe(WEIGHTS.length);
  });

  it("is not continued with the rest of another mirror's file", async () => {
    shop.server.file(
      '/one/weights.bin',
      Buffer.alloc(200_000, 1),
      { type: 'cut', afterBytes: 100_000 },
      { type: 'status', status: 500 },
    );
    shop.server.file('/two/weights.bin', WEIGHTS);
    shop.server.file('/two/sub/tokens.txt', TOKENS);
    const installed = await (await shop.store(unknown)).pull('test-model');
    expect(installed.files[0]?.sha256).toBe(sha256(WEIGHTS));
  });
});
