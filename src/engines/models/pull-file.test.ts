import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archive, INSTALLED, ModelShop, TOKENS, WEIGHTS } from '../../../test/fakes/model-shop.js';

let shop: ModelShop;

beforeEach(async () => {
  shop = await ModelShop.open();
});
afterEach(() => shop.close());

describe('pull from a file', () => {
  const inFolder = {
    'release-2024/weights.bin': WEIGHTS,
    'release-2024/sub/tokens.txt': TOKENS,
    'release-2024/README.md': 'x',
  };

  it('unpacks .tar.gz and .tar, whatever the outermost folder is called', async () => {
    const tar = await archive(inFolder);
    await (await shop.store()).pull('test-model', { file: shop.put('a.tar.gz', gzipSync(tar)) });
    expect(shop.contents()).toEqual(INSTALLED);
    await (
      await shop.store()
    ).pull('test-model', {
      file: shop.put('b.tar', await archive({ './weights.bin': WEIGHTS, './sub/tokens.txt': TOKENS })),
      force: true,
    });
    expect(shop.contents()).toEqual(INSTALLED);
    expect(shop.server.requests).toEqual([]);
  });

  it('unpacks .tar.bz2', async () => {
    // Made by `tar cj` from the same two files, because the test cannot write bzip2.
    const file = fileURLToPath(new URL('../../../test/fixtures/tiny-model.tar.bz2', import.meta.url));
    const tiny = { files: [{ name: 'weights.bin' }, { name: 'sub/tokens.txt' }] };
    const installed = await (await shop.store(tiny)).pull('test-model', { file });
    expect(installed.files.map(({ sizeBytes }) => sizeBytes)).toEqual([24_000, 4]);
    expect(readFileSync(installed.files[1]!.path, 'utf8')).toBe('a 0\n');
    const broken = readFileSync(file);
    broken[broken.length >> 1]! ^= 1;
    await expect(
      (await shop.store(tiny)).pull('test-model', { file: shop.put('broken.tar.bz2', broken), force: true }),
    ).rejects.toMatchObject({ code: 'model.corrupt' });
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('copies a folder', async () => {
    shop.put('folder/weights.bin', WEIGHTS);
    shop.put('folder/sub/tokens.txt', TOKENS);
    await (await shop.store()).pull('test-model', { file: join(shop.room.directory, 'folder') });
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('writes nothing outside its folder, whatever paths the archive contains', async () => {
    const hostile = await archive({
      '../../../escaped': 'x',
      '/tmp/chorus-escaped': 'x',
      'r/../../weights.bin': 'x',
      'r/weights.bin': WEIGHTS,
      'r/sub/tokens.txt': TOKENS,
    });
    await (await shop.store()).pull('test-model', { file: shop.put('hostile.tar', hostile) });
    expect(shop.contents()).toEqual(INSTALLED);
    expect(existsSync(join(shop.room.directory, 'escaped'))).toBe(false);
    expect(existsSync('/tmp/chorus-escaped')).toBe(false);
  });

  it.each([
    [
      'an archive without a file of the model',
      async () => archive({ 'r/weights.bin': WEIGHTS }),
      'sub/tokens.txt is missing in it',
    ],
    [
      'another version',
      async () => archive({ 'r/weights.bin': WEIGHTS.subarray(1), 'r/sub/tokens.txt': TOKENS }),
      'weights.bin has 299999 bytes, not 300000',
    ],
    [
      'an archive that was cut',
      async () => gzipSync(await archive(inFolder)).subarray(0, 500),
      'the archive cannot be unpacked',
    ],
    ['something else', () => Promise.resolve(Buffer.alloc(2_000, 'no archive ')), ''],
  ])('refuses %s and leaves everything as it was', async (_, make, says) => {
    const failure = await (
      await shop.store()
    )
      .pull('test-model', { file: shop.put('bad.tar', await make()) })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'model.corrupt' });
    expect(String(failure)).toContain(says);
    expect(shop.contents()).toEqual([]);
  });

  it('unpacks an archive from a mirror', async () => {
    shop.server.file('/release.tar.gz', gzipSync(await archive(inFolder)));
    const it = await shop.store({
      source: {
        type: 'download',
        mirrors: [{ name: 'github', place: 'world', archiveUrl: `${shop.server.url}/release.tar.gz` }],
      },
    });
    await it.pull('test-model');
    expect(shop.contents()).toEqual(INSTALLED);
  });

  it('reports a missing file', async () => {
    await expect(
      (await shop.store()).pull('test-model', { file: join(shop.room.directory, 'nowhere.tar') }),
    ).rejects.toMatchObject({ code: 'model.download_failed' });
  });
});
