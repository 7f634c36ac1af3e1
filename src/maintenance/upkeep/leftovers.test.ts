import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeTemporaryFolder } from '../../platform/machine/index.js';
import { findLeftovers, removeLeftovers } from './leftovers.js';

const NOW_MS = Date.UTC(2026, 10, 25, 4);
const HOUR_MS = 3_600_000;

let folder = '';
let data = '';
let temporary = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-upkeep-'));
  data = join(folder, 'data');
  temporary = join(folder, 'tmp');
  await mkdir(data);
  await mkdir(temporary);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(path: string, hoursAgo: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '0123456789');
  await age(path, hoursAgo);
}
async function age(path: string, hoursAgo: number): Promise<void> {
  const at = new Date(NOW_MS - hoursAgo * HOUR_MS);
  await utimes(path, at, at);
}
const find = async (): Promise<string[]> =>
  (
    await findLeftovers({
      dataDir: data,
      temporaryDir: temporary,
      olderThanMs: 24 * HOUR_MS,
      wallMs: NOW_MS,
      uid: process.getuid?.(),
    })
  ).map(({ path }) => relative(folder, path));

const OURS = [
  'data/.config.yaml.4711.tmp',
  'data/.probe-0123456789ab',
  'data/.upkeep.json.4711.tmp',
  'data/backups/.config.20261101_040000.4711.tmp',
  'data/backups/.chorus.20261101_040000.4711.tmp',
  'data/local-token.0123456789ab',
  'data/measured-costs.json.new',
  'data/models/moonshine-tiny-en/tokens.txt.4711.tmp',
  'data/models/sense-voice-int8/manifest.json.0123abcd.tmp',
  'data/phrases/3f2a.opus-phrase-0123abcd.unfinished',
  'data/reports/.daily_report_20261101_040000.html.4711.tmp',
  'data/server.json.4711',
];
/** Files of users, and files of a running server. */
const NOT_OURS = [
  'data/chorus.db',
  'data/chorus.db-wal',
  'data/config.yaml',
  'data/config.yaml.tmp',
  'data/local-token',
  'data/my.tmp',
  'data/notes/.a.1.tmp',
  'data/backups/config.20261101_040000.yaml',
  'data/models/sense-voice-int8/model.int8.onnx',
  'data/models/sense-voice-int8/manifest.json',
  'data/phrases/3f2a.opus-phrase',
  'data/reports/performance_report_20261101_040000.html',
  'data/server.json',
  'data/server.lock',
];

describe('leftovers', () => {
  it('are only the unfinished files of Chorus, however old other files are', async () => {
    for (const path of [...OURS, ...NOT_OURS]) await file(join(folder, path), 1000);
    expect((await find()).toSorted()).toEqual(OURS.toSorted());
  });

  it('exclude files changed within the day, which may be in use', async () => {
    for (const path of OURS) await file(join(folder, path), 23);
    expect(await find()).toEqual([]);
  });

  it('include a whole download if nothing in it has changed for a day', async () => {
    await file(join(data, 'models/.staging/sense-voice-int8/model.int8.onnx.part'), 30);
    await file(join(data, 'models/.staging/whisper-base/deep/model.onnx.part'), 2);
    for (const at of ['sense-voice-int8', 'whisper-base', 'whisper-base/deep'])
      await age(join(data, 'models/.staging', at), 30);
    expect(await find()).toEqual(['data/models/.staging/sense-voice-int8']);
  });

  it('include folders of killed runs if they belong to this user', async () => {
    vi.stubEnv('TMPDIR', temporary);
    const made = await Promise.all((['bench', 'bundle', 'sound'] as const).map(makeTemporaryFolder));
    vi.unstubAllEnvs();
    await file(join(temporary, 'chorus-notes/reply.wav'), 30);
    await file(join(temporary, 'other-bench-a1B2c3/x'), 30);
    for (const at of await readdir(temporary)) await age(join(temporary, at), 30);
    expect(await find()).toEqual(made.map((path) => relative(folder, path)));
    expect(
      await findLeftovers({
        dataDir: data,
        temporaryDir: temporary,
        olderThanMs: HOUR_MS,
        wallMs: NOW_MS,
        uid: 987_654,
      }),
    ).toEqual([]);
  });

  it('are never found behind a link, and a link inside a leftover folder is removed without its target', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await file(join(elsewhere, 'models/.staging/theirs/model.part'), 100);
    await file(join(elsewhere, 'backups/.config.x.1.tmp'), 100);
    await file(join(elsewhere, 'precious'), 100);
    await symlink(join(elsewhere, 'models'), join(data, 'models'));
    await symlink(join(elsewhere, 'backups'), join(data, 'backups'));
    await symlink(join(elsewhere, 'precious'), join(data, '.config.yaml.1.tmp'));
    await file(join(temporary, 'chorus-bench-a1B2c3/x'), 100);
    await symlink(elsewhere, join(temporary, 'chorus-bench-a1B2c3/models'));
    await age(join(temporary, 'chorus-bench-a1B2c3'), 100);
    const found = await findLeftovers({
      dataDir: data,
      temporaryDir: temporary,
      olderThanMs: 24 * HOUR_MS,
      wallMs: NOW_MS,
      uid: process.getuid?.(),
    });
    expect(found.map(({ path }) => relative(folder, path))).toEqual(['tmp/chorus-bench-a1B2c3']);
    expect(await removeLeftovers(found, new AbortController().signal)).toMatchObject({
      removed: [{ bytes: 10 }],
      failures: [],
    });
    expect(await readdir(temporary)).toEqual([]);
    expect((await stat(join(elsewhere, 'precious'))).size).toBe(10);
    expect(await readdir(join(elsewhere, 'models/.staging/theirs'))).toEqual(['model.part']);
  });

  it('do not exist in a missing folder', async () => {
    expect(
      await findLeftovers({
        dataDir: join(folder, 'nowhere'),
        temporaryDir: undefined,
        olderThanMs: 0,
        wallMs: NOW_MS,
        uid: undefined,
      }),
    ).toEqual([]);
  });
});
