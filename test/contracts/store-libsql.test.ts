import { mkdtemp, rm, stat, writeFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkStore, openStore, restoreStore } from '../../src/store/index.js';
import { fill, snapshot } from '../fakes/filled-store.js';
import { storeContract } from './store-contract.js';
import { storeMovingContract } from './store-moving.contract.js';

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

storeMovingContract('libsql', 'db', async () => ({ dataDir: await newFolder() }));

describe('the embedded database file', () => {
  it('is where store.file says, and nobody else may read it', async () => {
    const dataDir = await newFolder();
    const store = await openStore({ dataDir, file: 'other.db' });
    await store.seen({ deviceId: 'a', clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' }, 1);
    for (const name of await readdir(dataDir)) expect((await stat(join(dataDir, name))).mode & 0o777, name).toBe(0o600);
    expect(await readdir(dataDir)).toContain('other.db');
    await store.close();
  });

  it('that is damaged is told by the check, and moved out of the way when a copy is restored', async () => {
    const dataDir = await newFolder();
    const store = await openStore({ dataDir });
    await fill(store);
    const before = await snapshot(store);
    const { file } = await store.upkeep.backup(10);
    await store.close();
    await rm(join(dataDir, 'chorus.db-wal'), { force: true });
    await writeFile(join(dataDir, 'chorus.db'), 'this is not a database, but something of another kind'.repeat(50));
    expect(await checkStore({ dataDir })).toMatchObject({ problems: ['file is not a database'] });
    const { keptFile } = await restoreStore({ dataDir }, { source: file, wallMs: Date.UTC(2026, 10, 25), keep: 10 });
    expect(keptFile).toBe(join(dataDir, 'chorus.db.damaged.20261125_000000'));
    const mended = await openStore({ dataDir });
    expect(await snapshot(mended)).toEqual(before);
    await mended.close();
  });
});
