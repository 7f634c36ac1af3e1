import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cancelled } from '../../core/index.js';
import { engineRoom, type EngineRoom } from '../../../test/fakes/engine-room.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { FileServer, type Rule } from '../../../test/fakes/file-server.js';
import { type AsrModel, findModel, type ModelProgress, type ModelStore } from './index.js';
import { lockModel } from './model-lock.js';

const SERVE: Rule = { type: 'serve' };
const WEIGHTS = Buffer.alloc(300_000, 'weights-');
const TOKENS = Buffer.from('a 0\n');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const record = (name: string, bytes: Uint8Array) => ({ name, sizeBytes: bytes.length, sha256: sha256(bytes) });

let room: EngineRoom;
let server: FileServer;

beforeEach(async () => {
  room = await engineRoom();
  server = new FileServer();
  await server.listen();
});
afterEach(async () => {
  await room.close();
  await server.close();
});

const models = (): string => join(room.directory, 'models');
const mirror = (name: string) => ({ name, place: 'world', baseUrl: `${server.url}/${name}` }) as const;

function model(changes: Partial<AsrModel> = {}): AsrModel {
  return {
    ...(findModel('sense-voice-int8') as AsrModel),
    id: 'test-model',
    files: [record('weights.bin', WEIGHTS), record('sub/tokens.txt', TOKENS)],
    downloadBytes: WEIGHTS.length + TOKENS.length,
    source: { type: 'download', mirrors: [mirror('one'), mirror('two')] },
    ...changes,
  };
}

const store = (changes: Partial<AsrModel> = {}, options: Parameters<EngineRoom['store']>[0] = {}): Promise<ModelStore> => room.store({ catalogue: [model(changes)], ...options });

/** Everything under the models' folder, without the empty lock folder. */
function contents(folder = models()): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
const INSTALLED = ['models.lock.json', 'test-model/manifest.json', 'test-model/sub/tokens.txt', 'test-model/weights.bin'];

function put(name: string, content: Uint8Array): string {
  const path = join(room.directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function archive(entries: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(entries)) tar.entry({ name }, Buffer.from(content));
  tar.finalize();
  return (async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of tar) chunks.push(chunk);
    return Buffer.concat(chunks);
  })();
}

describe('pull', () => {
  it('fetches, checks, puts in place, tells how far it is, and is idempotent', async () => {
    server.file('/one/weights.bin', WEIGHTS);
    server.file('/one/sub/tokens.txt', TOKENS);
    const it = await store();
    const told: ModelProgress[] = [];
    it.onChange((progress) => told.push(progress));
    expect(it.installed('test-model')).toBeUndefined();
    expect(it.progressOf('test-model').state).toBe('missing');
    const installed = await it.pull('test-model');
    expect(installed.files.map(({ path }) => readFileSync(path).length)).toEqual([WEIGHTS.length, TOKENS.length]);
    expect(contents()).toEqual(INSTALLED);
    expect(told.map(({ state }) => state)).toContain('downloading');
    expect(told.at(-1)).toMatchObject({ id: 'test-model', state: 'installed' });
    expect(told.find(({ state }) => state === 'downloading')).toMatchObject({ mirror: 'one', totalBytes: WEIGHTS.length + TOKENS.length });
    const requests = server.requests.length;
    await it.pull('test-model');
    expect(server.requests).toHaveLength(requests);
    expect((await store()).installed('test-model')?.files).toEqual(installed.files);
  });

  it('goes on after a cut where it stopped', async () => {
    server.file('/one/weights.bin', WEIGHTS, { type: 'cut', afterBytes: 100_000 }, SERVE);
    server.file('/one/sub/tokens.txt', TOKENS);
    await (await store()).pull('test-model');
    const ranges = server.requests.filter(({ path }) => path.endsWith('weights.bin')).map(({ range }) => range);
    expect(ranges).toHaveLength(2);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
    expect(contents()).toEqual(INSTALLED);
  });

  it('goes on with what an earlier process left, also at another mirror', async () => {
    server.file('/one/weights.bin', WEIGHTS, { type: 'stall', afterBytes: 100_000 });
    const abort = new AbortController();
    const pull = (await store()).pull('test-model', { signal: abort.signal });
    await server.stalled();
    // The bytes are on their way to the disk; only what has arrived is continued.
    const part = join(models(), '.staging', 'test-model', 'weights.bin.part');
    while (!existsSync(part) || readFileSync(part).length < 50_000) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Cancelled('Ctrl-C'));
    await expect(pull).rejects.toThrow('cancelled: Ctrl-C');
    expect(contents().some((path) => path.startsWith('test-model'))).toBe(false);

    server.file('/one/weights.bin', WEIGHTS, { type: 'status', status: 503 });
    server.file('/two/weights.bin', WEIGHTS);
    server.file('/two/sub/tokens.txt', TOKENS);
    await (await store()).pull('test-model');
    expect(server.requests.find(({ path }) => path === '/two/weights.bin')?.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(contents()).toEqual(INSTALLED);
  });

  it('starts over where a server takes no notice of ranges', async () => {
    server.file('/one/weights.bin', WEIGHTS, { type: 'cut', afterBytes: 100_000 }, { type: 'whole' });
    server.file('/one/sub/tokens.txt', TOKENS);
    await (await store()).pull('test-model');
    expect(contents()).toEqual(INSTALLED);
  });

  it('takes the next mirror for a wrong hash, a wrong size, a refusal and a dead host', async () => {
    const wrong = Buffer.from(WEIGHTS);
    wrong[7] = 0;
    server.file('/one/weights.bin', wrong);
    server.file('/two/weights.bin', WEIGHTS.subarray(1));
    server.file('/three/weights.bin', WEIGHTS, { type: 'status', status: 403 });
    server.file('/four/weights.bin', WEIGHTS);
    server.file('/four/sub/tokens.txt', TOKENS);
    const dead = { name: 'dead', place: 'world', baseUrl: 'http://127.0.0.1:9' } as const;
    const it = await store({ source: { type: 'download', mirrors: [dead, mirror('one'), mirror('two'), mirror('three'), mirror('four')] } });
    await it.pull('test-model');
    expect(contents()).toEqual(INSTALLED);
    expect(await it.verify('test-model')).toEqual([
      { name: 'weights.bin', result: 'ok' },
      { name: 'sub/tokens.txt', result: 'ok' },
    ]);
  });

  it('names what was wrong with each mirror when none delivers', async () => {
    const wrong = Buffer.from(WEIGHTS);
    wrong[7] = 0;
    server.file('/one/weights.bin', wrong);
    const failure = await (await store()).pull('test-model').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'model.download_failed' });
    expect(String(failure)).toContain('one: weights.bin has the wrong hash; two: 127.0.0.1');
    expect(String(failure)).toContain('answered 404');
    expect(contents()).toEqual([]);
  });

  it('gives up a mirror that stalls', async () => {
    server.file('/one/weights.bin', WEIGHTS, { type: 'stall', afterBytes: 1_000 });
    server.file('/two/weights.bin', WEIGHTS);
    server.file('/two/sub/tokens.txt', TOKENS);
    await (await store({}, { stallMs: 200 })).pull('test-model');
    expect(contents()).toEqual(INSTALLED);
  });

  it('asks mirrors near the user first, or those of the configuration', async () => {
    const china = { ...mirror('china'), place: 'china' } as const;
    const source = { type: 'download', mirrors: [mirror('one'), china] } as const;
    for (const name of ['one', 'china', 'own/test-model']) {
      server.file(`/${name}/weights.bin`, WEIGHTS);
      server.file(`/${name}/sub/tokens.txt`, TOKENS);
    }
    const first = async (options: Parameters<EngineRoom['store']>[0]): Promise<string | undefined> => {
      const from = server.requests.length;
      await (await store({ source }, options)).pull('test-model', { force: true });
      return server.requests[from]?.path;
    };
    expect(await first({ locale: 'cn' })).toBe('/china/weights.bin');
    expect(await first({ locale: 'world' })).toBe('/one/weights.bin');
    expect(await first({ mirrors: ['china'] })).toBe('/china/weights.bin');
    expect(await first({ mirrors: [`${server.url}/own/`] })).toBe('/own/test-model/weights.bin');
  });

  it('fetches from an address that the user names', async () => {
    server.file('/mine/weights.bin', WEIGHTS);
    server.file('/mine/sub/tokens.txt', TOKENS);
    await (await store()).pull('test-model', { from: `${server.url}/mine` });
    expect(contents()).toEqual(INSTALLED);
  });

  it('does not begin when the disk has no room, and says how much it needs', async () => {
    server.file('/one/weights.bin', WEIGHTS);
    const it = await store({}, { freeBytes: () => Promise.resolve(64 * 2 ** 20 + 1_000) });
    await expect(it.pull('test-model')).rejects.toMatchObject({ code: 'data.disk_full', message: expect.stringMatching(/^test-model needs 65 MB in .+, 65 MB are free$/) as string });
    expect(contents()).toEqual([]);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('says which folder cannot be written', async () => {
    mkdirSync(models());
    chmodSync(models(), 0o500);
    await expect((await store()).pull('test-model')).rejects.toMatchObject({ code: 'data.not_writable' });
    chmodSync(models(), 0o700);
  });

  it('says which folder cannot be made', async () => {
    writeFileSync(models(), 'a file where the folder should be');
    await expect((await store()).pull('test-model')).rejects.toMatchObject({ code: 'data.not_writable' });
    rmSync(models());
  });

  it('pulls once for several who ask at the same time', async () => {
    server.file('/one/weights.bin', WEIGHTS);
    server.file('/one/sub/tokens.txt', TOKENS);
    const it = await store();
    await Promise.all([it.pull('test-model'), it.pull('test-model')]);
    expect(server.requests).toHaveLength(2);
  });

  it('knows the names of its models only', async () => {
    const it = await store();
    await expect(it.pull('other')).rejects.toMatchObject({ code: 'model.unknown' });
    await expect(it.verify('other')).rejects.toMatchObject({ code: 'model.unknown' });
    await expect(it.remove('other')).rejects.toMatchObject({ code: 'model.unknown' });
  });
});

describe('a model whose hashes are not known', () => {
  const unknown = { files: [{ name: 'weights.bin' }, { name: 'sub/tokens.txt' }] };

  it('is recorded at its first pull and held to that afterwards', async () => {
    server.file('/one/weights.bin', WEIGHTS);
    server.file('/one/sub/tokens.txt', TOKENS);
    await (await store(unknown)).pull('test-model');
    const lock = JSON.parse(readFileSync(join(models(), 'models.lock.json'), 'utf8')) as unknown;
    expect(lock).toEqual({ 'test-model': { 'weights.bin': { sizeBytes: WEIGHTS.length, sha256: sha256(WEIGHTS) }, 'sub/tokens.txt': { sizeBytes: TOKENS.length, sha256: sha256(TOKENS) } } });

    expect(await (await store(unknown)).remove('test-model')).toBe(true);
    server.file('/one/sub/tokens.txt', 'b 0\n');
    await expect((await store(unknown)).pull('test-model')).rejects.toMatchObject({ code: 'model.download_failed', message: expect.stringContaining('sub/tokens.txt has the wrong hash') as string });
    await (await store(unknown)).pull('test-model', { force: true });
    expect(contents()).toEqual(INSTALLED);
  });

  it('is not put together from two mirrors', async () => {
    server.file('/one/weights.bin', Buffer.alloc(10, 1));
    server.file('/one/sub/tokens.txt', TOKENS, { type: 'status', status: 500 });
    server.file('/two/weights.bin', WEIGHTS);
    server.file('/two/sub/tokens.txt', TOKENS);
    const installed = await (await store(unknown)).pull('test-model');
    expect(installed.files[0]?.sizeBytes).toBe(WEIGHTS.length);
  });

  it('is not continued with the rest of another file', async () => {
    server.file('/one/weights.bin', Buffer.alloc(200_000, 1), { type: 'cut', afterBytes: 100_000 }, { type: 'status', status: 500 });
    server.file('/two/weights.bin', WEIGHTS);
    server.file('/two/sub/tokens.txt', TOKENS);
    const installed = await (await store(unknown)).pull('test-model');
    expect(installed.files[0]?.sha256).toBe(sha256(WEIGHTS));
  });
});

describe('pull from a file', () => {
  const inFolder = { 'release-2024/weights.bin': WEIGHTS, 'release-2024/sub/tokens.txt': TOKENS, 'release-2024/README.md': 'x' };

  it('unpacks .tar.gz and .tar, whatever the outermost folder is called', async () => {
    const tar = await archive(inFolder);
    await (await store()).pull('test-model', { file: put('a.tar.gz', gzipSync(tar)) });
    expect(contents()).toEqual(INSTALLED);
    await (await store()).pull('test-model', { file: put('b.tar', await archive({ './weights.bin': WEIGHTS, './sub/tokens.txt': TOKENS })), force: true });
    expect(contents()).toEqual(INSTALLED);
    expect(server.requests).toEqual([]);
  });

  it('unpacks .tar.bz2', async () => {
    // Made by `tar cj` of the same two files: nothing here can write bzip2.
    const file = fileURLToPath(new URL('../../../test/fixtures/tiny-model.tar.bz2', import.meta.url));
    const tiny = { files: [{ name: 'weights.bin' }, { name: 'sub/tokens.txt' }] };
    const installed = await (await store(tiny)).pull('test-model', { file });
    expect(installed.files.map(({ sizeBytes }) => sizeBytes)).toEqual([24_000, 4]);
    expect(readFileSync(installed.files[1]!.path, 'utf8')).toBe('a 0\n');
    const broken = readFileSync(file);
    broken[broken.length >> 1]! ^= 1;
    await expect((await store(tiny)).pull('test-model', { file: put('broken.tar.bz2', broken), force: true })).rejects.toMatchObject({ code: 'model.corrupt' });
    expect(contents()).toEqual(INSTALLED);
  });

  it('copies a folder', async () => {
    put('folder/weights.bin', WEIGHTS);
    put('folder/sub/tokens.txt', TOKENS);
    await (await store()).pull('test-model', { file: join(room.directory, 'folder') });
    expect(contents()).toEqual(INSTALLED);
  });

  it('writes nothing outside, whatever the paths in the archive say', async () => {
    const hostile = await archive({ '../../../escaped': 'x', '/tmp/chorus-escaped': 'x', 'r/../../weights.bin': 'x', 'r/weights.bin': WEIGHTS, 'r/sub/tokens.txt': TOKENS });
    await (await store()).pull('test-model', { file: put('hostile.tar', hostile) });
    expect(contents()).toEqual(INSTALLED);
    expect(existsSync(join(room.directory, 'escaped'))).toBe(false);
    expect(existsSync('/tmp/chorus-escaped')).toBe(false);
  });

  it.each([
    ['an archive without a file of the model', async () => archive({ 'r/weights.bin': WEIGHTS }), 'sub/tokens.txt is missing in it'],
    ['another version', async () => archive({ 'r/weights.bin': WEIGHTS.subarray(1), 'r/sub/tokens.txt': TOKENS }), 'weights.bin has 299999 bytes, not 300000'],
    ['an archive that was cut', async () => gzipSync(await archive(inFolder)).subarray(0, 500), 'the archive cannot be unpacked'],
    ['something else', () => Promise.resolve(Buffer.alloc(2_000, 'no archive ')), ''],
  ])('refuses %s and leaves everything as it was', async (_, make, says) => {
    const failure = await (await store()).pull('test-model', { file: put('bad.tar', await make()) }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'model.corrupt' });
    expect(String(failure)).toContain(says);
    expect(contents()).toEqual([]);
  });

  it('unpacks what a mirror has as an archive', async () => {
    server.file('/release.tar.gz', gzipSync(await archive(inFolder)));
    const it = await store({ source: { type: 'download', mirrors: [{ name: 'github', place: 'world', archiveUrl: `${server.url}/release.tar.gz` }] } });
    await it.pull('test-model');
    expect(contents()).toEqual(INSTALLED);
  });

  it('says so when the file is not there', async () => {
    await expect((await store()).pull('test-model', { file: join(room.directory, 'nowhere.tar') })).rejects.toMatchObject({ code: 'model.download_failed' });
  });
});

describe('what is installed', () => {
  beforeEach(async () => {
    server.file('/one/weights.bin', WEIGHTS);
    server.file('/one/sub/tokens.txt', TOKENS);
    await (await store()).pull('test-model');
  });

  it('is told apart from half of it', async () => {
    truncateSync(join(models(), 'test-model', 'weights.bin'), 1_000);
    const it = await store();
    expect(it.installed('test-model')).toBeUndefined();
    expect(await it.verify('test-model')).toEqual([
      { name: 'weights.bin', result: 'wrong size' },
      { name: 'sub/tokens.txt', result: 'ok' },
    ]);
    await it.pull('test-model');
    expect(it.installed('test-model')).toBeDefined();
  });

  it('is verified byte by byte', async () => {
    const path = join(models(), 'test-model', 'weights.bin');
    const bytes = readFileSync(path);
    bytes[100]! ^= 1;
    writeFileSync(path, bytes);
    rmSync(join(models(), 'test-model', 'sub', 'tokens.txt'));
    expect(await (await store()).verify('test-model')).toEqual([
      { name: 'weights.bin', result: 'wrong hash' },
      { name: 'sub/tokens.txt', result: 'missing' },
    ]);
  });

  it('survives a damaged manifest by being fetched again', async () => {
    writeFileSync(join(models(), 'test-model', 'manifest.json'), '{"id": "test-mo');
    const it = await store();
    expect(it.installed('test-model')).toBeUndefined();
    await it.pull('test-model');
    expect(it.installed('test-model')).toBeDefined();
  });

  it('can be removed, once', async () => {
    const it = await store();
    expect(await it.remove('test-model')).toBe(true);
    expect(await it.remove('test-model')).toBe(false);
    expect(it.progressOf('test-model').state).toBe('missing');
    expect(contents()).toEqual(['models.lock.json']);
  });

  it('stays as it was when a forced pull fails', async () => {
    server.file('/one/weights.bin', WEIGHTS, { type: 'status', status: 404 });
    const it = await store();
    await expect(it.pull('test-model', { force: true })).rejects.toMatchObject({ code: 'model.download_failed' });
    expect(it.installed('test-model')).toBeDefined();
    expect(contents()).toEqual(INSTALLED);
  });
});

describe('models that come with Chorus', () => {
  it('are there without a pull, and stay', async () => {
    const it = await room.store();
    for (const id of ['moonshine-tiny-en', 'silero-vad']) {
      expect(it.installed(id)).toBeDefined();
      expect((await it.verify(id)).map(({ result }) => result)).not.toContain('missing');
      await expect(it.remove(id)).rejects.toMatchObject({ code: 'model.unknown' });
      expect(await it.pull(id, { force: true })).toBe(it.installed(id));
    }
  });
});

describe('across processes', () => {
  let holder: ChildProcess;

  beforeEach(async () => {
    server.file('/one/weights.bin', WEIGHTS);
    server.file('/one/sub/tokens.txt', TOKENS);
    mkdirSync(models());
    holder = fork(fileURLToPath(new URL('../../../test/fakes/lock-holder.ts', import.meta.url)), [models(), 'test-model'], { execArgv: ['--import', 'tsx'] });
    await new Promise((resolve) => holder.once('message', resolve));
  });
  afterEach(() => {
    holder.kill('SIGKILL');
  });

  it('one pulls and the other waits: cancellable, and no longer than a dead one holds the lock', async () => {
    const it = await store({}, { lockStaleMs: 2_000 });
    const abort = new AbortController();
    const waiting = it.pull('test-model', { signal: abort.signal });
    abort.abort(new Cancelled('test'));
    await expect(waiting).rejects.toThrow('cancelled: test');
    expect(server.requests).toEqual([]);
    const pull = it.pull('test-model');
    holder.kill('SIGKILL');
    await pull;
    expect(contents()).toEqual(INSTALLED);
  });

  it('one that goes on holding the lock makes the other give up', async () => {
    const clock = new FakeClock();
    const options = { directory: models(), id: 'test-model', clock, signal: room.scope.signal, onLost: () => undefined, waitMs: 0 };
    await expect(lockModel(options)).rejects.toMatchObject({ code: 'model.busy' });
    const release = await lockModel({ ...options, id: 'another' });
    const third = await lockModel({ ...options, id: 'third' });
    await release();
    await third();
  });
});

describe('ensure', () => {
  it('tries again with growing pauses until the model is there, and stops with the store', async () => {
    const clock = new FakeClock();
    const it = await store({}, { clock });
    const waiting = (): Promise<void> => new Promise((resolve) => it.onChange(({ state }) => state === 'waiting' && resolve()));
    const there = new Promise<void>((resolve) => it.onChange(({ state }) => state === 'installed' && resolve()));
    it.ensure('test-model');
    it.ensure('test-model');
    await waiting();
    expect(it.progressOf('test-model')).toMatchObject({ state: 'waiting', reason: expect.stringContaining('answered 404') as string });
    const after = server.requests.length;
    await clock.advance(4_999);
    expect(server.requests).toHaveLength(after);
    const again = waiting();
    await clock.advance(1);
    await again;
    expect(server.requests.length).toBeGreaterThan(after);
    server.file('/one/weights.bin', WEIGHTS);
    server.file('/one/sub/tokens.txt', TOKENS);
    await clock.advance(10_000);
    await there;
    expect(it.installed('test-model')).toBeDefined();
    it.ensure('test-model');
    await room.scope.close();
    expect(room.errors).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('ends when its scope closes in mid-download', async () => {
    server.file('/one/weights.bin', WEIGHTS, { type: 'stall', afterBytes: 1_000 });
    (await store()).ensure('test-model');
    await server.stalled();
    await room.scope.close();
    expect(room.scope.tree().tasks).toEqual([]);
    expect(room.errors).toEqual([]);
  });
});

/** A file system of 1 MB, where this process may mount one. */
const tinyDisk = ((): string | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0) return folder;
  rmdirSync(folder);
  return undefined;
})();

describe.skipIf(tinyDisk === undefined)('a disk that fills up in mid-download', () => {
  afterAll(() => {
    spawnSync('umount', [tinyDisk!]);
    rmdirSync(tinyDisk!);
  });

  it('is told as such, and nothing is left behind', async () => {
    const big = Buffer.alloc(2 * 2 ** 20, 'big-');
    server.file('/one/weights.bin', big);
    server.file('/one/sub/tokens.txt', TOKENS);
    const directory = join(tinyDisk!, 'models');
    const files = [record('weights.bin', big), record('sub/tokens.txt', TOKENS)];
    // Another program takes the room after it was checked.
    const it = await store({ files }, { directory, freeBytes: () => Promise.resolve(1e12) });
    await expect(it.pull('test-model')).rejects.toMatchObject({ code: 'data.disk_full' });
    expect(contents(directory)).toEqual([]);
    // With the real check it does not even begin.
    const requests = server.requests.length;
    await expect((await store({ files }, { directory })).pull('test-model')).rejects.toMatchObject({ code: 'data.disk_full' });
    expect(server.requests.length).toBe(requests + 1);
    expect(contents(directory)).toEqual([]);
  });
});
