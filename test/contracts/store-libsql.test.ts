import { mkdtemp, mkdir, rename, rm, stat, writeFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { checkStore, openStore, restoreStore } from '../../src/platform/store/index.js';
import { Libsql } from '../../src/platform/store/libsql.js';
import { fill, seeDevices, snapshot, turnOf } from '../fakes/filled-store.js';
import { storeAudioContract } from './store-audio.contract.js';
import { storeContract } from './store-contract.js';
import { storeKnowledgeContract } from './store-knowledge.contract.js';
import { storeMemoryContract } from './store-memory.contract.js';
import { storePeopleContract } from './store-people.contract.js';
import { storeRecordsContract } from './store-records.contract.js';
import { storeMovingContract } from './store-moving.contract.js';

const SEEN = { deviceId: 'a', clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' };
const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-store-'));
  folders.push(folder);
  return folder;
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

storeContract(
  'libsql',
  async () => openStore({ dataDir: await newFolder() }),
  () => openStore({ dataDir: folders.at(-1) ?? '' }),
);

storeMemoryContract('libsql', async () => openStore({ dataDir: await newFolder() }));

storeRecordsContract('libsql', async () => openStore({ dataDir: await newFolder() }));

storeKnowledgeContract('libsql', async () => openStore({ dataDir: await newFolder() }));

storePeopleContract('libsql', async () => openStore({ dataDir: await newFolder() }));

storeAudioContract('libsql', async () => openStore({ dataDir: await newFolder() }));

storeMovingContract('libsql', 'db', async () => ({ dataDir: await newFolder() }));

describe('the embedded database file', () => {
  it('is in the place of store.file, and only its owner may read it', async () => {
    const dataDir = await newFolder();
    const store = await openStore({ dataDir, file: 'other.db' });
    await store.seen(SEEN, 1);
    for (const name of await readdir(dataDir)) expect((await stat(join(dataDir, name))).mode & 0o777, name).toBe(0o600);
    expect(await readdir(dataDir)).toContain('other.db');
    await store.close();
  });

  it('is reported by the check if it is damaged, and moved aside by the restore of a backup', async () => {
    const dataDir = await newFolder();
    const store = await openStore({ dataDir });
    await fill(store);
    const before = await snapshot(store);
    const { file } = await store.upkeep.backup(10);
    await store.close();
    await rm(join(dataDir, 'chorus.db-wal'), { force: true });
    // The test replaces the whole file, because libsql writes its log into the same file when the connection is
    // garbage-collected.
    await writeFile(join(dataDir, 'other'), 'this is not a database, but something of another kind'.repeat(50));
    await rename(join(dataDir, 'other'), join(dataDir, 'chorus.db'));
    expect(await checkStore({ dataDir })).toMatchObject({ problems: ['file is not a database'] });
    const { keptFile } = await restoreStore({ dataDir }, { source: file, wallMs: Date.UTC(2026, 10, 25), keep: 10 });
    expect(keptFile).toBe(join(dataDir, 'chorus.db.damaged.20261125_000000'));
    const repaired = await openStore({ dataDir });
    expect(await snapshot(repaired)).toEqual(before);
    await repaired.close();
  });

  it('is copied, checked and vacuumed in a child process, which the server kills at shutdown', async () => {
    const dataDir = await newFolder();
    const backups = join(dataDir, 'backups');
    await mkdir(backups);
    const store = await openStore({ dataDir });
    await seeDevices(store);
    await store.history.keepTurns(
      Array.from({ length: 200 }, (_, n) => ({ ...turnOf(n), userText: 'x'.repeat(200_000) })),
    );
    const begun = async (): Promise<boolean> => {
      const [file] = await readdir(backups);
      return file !== undefined && (await stat(join(backups, file))).size > 0;
    };
    const stop = new AbortController();
    const backup = store.upkeep.backup(10, stop.signal).catch((error: unknown) => error);
    while (!(await begun()));
    stop.abort();
    expect(await backup).toMatchObject({ code: 'store.failed' });
    expect(await readdir(backups)).toEqual([]);
    await expect(store.upkeep.check(stop.signal)).rejects.toThrow(/abort/);
    await expect(store.upkeep.vacuum(stop.signal)).rejects.toMatchObject({ code: 'store.failed' });
    await expect(store.upkeep.pruneHistory(0, stop.signal)).rejects.toThrow(/abort/);

    const { signal } = new AbortController();
    expect(await store.upkeep.check(signal)).toEqual([]);
    const { file } = await store.upkeep.backup(10, signal);
    expect((await checkStore({ dataDir, file })).rows).toMatchObject({ turns: 200 });
    await store.upkeep.pruneHistory(Number.MAX_SAFE_INTEGER, signal);
    const { beforeBytes = 0, afterBytes = 0 } = await store.upkeep.vacuum(signal);
    expect(afterBytes).toBeLessThan(beforeBytes / 2);
    await store.close();
  }, 30_000);

  it('takes other writes while many turns are forgotten', async () => {
    const store = await openStore({ dataDir: await newFolder() });
    await fill(store);
    for (const [forget, left] of [
      [() => store.forget('a0:85:e3:f4:49:34'), 802],
      [() => store.history.forgetTurns({}), 0],
    ] as const) {
      let over = false;
      const forgetting = forget().finally(() => (over = true));
      await store.seen(SEEN, 1);
      expect(over).toBe(false);
      await forgetting;
      expect(await store.history.recentTurns({ limit: 2000 })).toHaveLength(left);
    }
    await store.close();
  });

  it('is not read by the upkeep on the thread of the conversations', async () => {
    const store = await openStore({ dataDir: await newFolder() });
    await fill(store);
    const prepared = vi.spyOn(Libsql.prototype as { prepare(text: string): unknown }, 'prepare');
    expect(await store.upkeep.check()).toEqual([]);
    expect(prepared.mock.calls.flat().filter((text) => /count\(/.test(text))).toEqual([]);
    prepared.mockRestore();
    await store.close();
  });
});
