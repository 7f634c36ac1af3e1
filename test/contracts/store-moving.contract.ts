import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  backupStore,
  checkStore,
  claimDataFolder,
  listStoreBackups,
  openStore,
  restoreStore,
  type DatabasePlace,
  type Store,
} from '../../src/platform/store/index.js';
import { connect } from '../../src/platform/store/database-open.js';
import { migrate, MIGRATIONS } from '../../src/platform/store/migrations.js';
import { fill, snapshot } from '../fakes/filled-store.js';

const AT = Date.UTC(2026, 10, 25, 10, 15, 0);

/**
 * The contract of backups, on every database. `fresh` gives the place of an empty database with a data folder of its
 * own.
 */
export function storeMovingContract(name: string, kind: 'db' | 'jsonl', fresh: () => Promise<DatabasePlace>): void {
  describe(`moving a database: ${name}`, () => {
    let place: DatabasePlace;
    let store: Store | undefined;
    const open = async (where = place): Promise<Store> => (store = await openStore(where));
    const close = async (): Promise<void> => {
      await store?.close();
      store = undefined;
    };
    beforeEach(async () => {
      place = await fresh();
    });
    afterEach(close);

    it('is copied while a server writes to it, for its owner only; the newest copies are kept', async () => {
      const running = await open();
      await fill(running);
      const written = new AbortController();
      const writer = (async () => {
        for (let n = 0; !written.signal.aborted; n++)
          await running.seen(
            {
              deviceId: `02:00:00:00:01:${(n % 100).toString().padStart(2, '0')}`,
              clientId: 'c',
              board: undefined,
              firmwareVersion: undefined,
              language: 'en-US',
            },
            n,
          );
      })();
      const made = [];
      for (let n = 0; n < 4; n++) made.push(await backupStore(place, { wallMs: AT + (n > 1 ? 1000 : 0), keep: 3 }));
      written.abort();
      await writer;
      expect(made.map(({ id }) => id)).toEqual([
        '20261125_101500',
        '20261125_101500_2',
        '20261125_101501',
        '20261125_101501_2',
      ]);
      expect((await listStoreBackups(join(place.dataDir, 'backups'))).map(({ id }) => id)).toEqual([
        '20261125_101501_2',
        '20261125_101501',
        '20261125_101500_2',
      ]);
      for (const { file } of made.slice(1)) expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await readdir(join(place.dataDir, 'backups'))).filter((file) => !file.startsWith('chorus.2026'))).toEqual(
        [],
      );
      expect(made.every(({ file }) => file.endsWith(`.${kind}`))).toBe(true);
      expect(await running.upkeep.backup(3)).toMatchObject({ bytes: expect.any(Number) as number });
      expect(await running.upkeep.check()).toEqual([]);
    });

    it('is restored as it was, and the data from meanwhile is kept', async () => {
      await fill(await open());
      const before = await snapshot(store as Store);
      const { file } = await (store as Store).upkeep.backup(10);
      await (store as Store).forget('a0:85:e3:f4:49:34');
      await (store as Store).rename('02:00:00:00:00:01', 'renamed');
      const meanwhile = await snapshot(store as Store);
      await close();
      const { rows, keptFile } = await restoreStore(place, { source: file, wallMs: AT, keep: 10 });
      expect(rows).toMatchObject({
        devices: 3,
        activations: 1,
        serial_keys: 1,
        secrets: 1,
        agents: 1,
        firmware_releases: 1,
        firmware_installs: 1,
        turns: 1203,
        memories: 2,
        talk_days: 1,
        knowledge_documents: 1,
        knowledge_passages: 2,
        knowledge_vectors: 1,
        people: 1,
        voiceprints: 1,
      });
      expect(await snapshot(await open())).toEqual(before);
      await close();
      await restoreStore(place, { source: keptFile ?? '', wallMs: AT, keep: 10 });
      expect(await snapshot(await open())).toEqual(meanwhile);
      expect((await readdir(place.dataDir)).filter((entry) => entry.includes('.tmp'))).toEqual([]);
    });

    it('is copied to a named file, which is not overwritten', async () => {
      await fill(await open());
      const out = join(place.dataDir, 'all.copy');
      await backupStore(place, { wallMs: AT, keep: 10, out });
      expect((await stat(out)).mode & 0o777).toBe(0o600);
      await expect(backupStore(place, { wallMs: AT, keep: 10, out })).rejects.toMatchObject({
        code: 'data.not_writable',
        details: { system: 'EEXIST' },
      });
    });

    it('is not restored from a file that is damaged, cut off, newer, or of another kind', async () => {
      await fill(await open());
      const before = await snapshot(store as Store);
      const good = await readFile((await (store as Store).upkeep.backup(10)).file);
      const lines = await readFile((await backupStore(place, { wallMs: AT, keep: 10, kind: 'jsonl' })).file, 'utf8');
      await close();
      const middle = Math.floor(good.length / 2);
      const damaged = Buffer.from(good);
      damaged.fill(0x55, middle - 3000, middle + 3000);
      const bad: Readonly<Record<string, string | Buffer>> = {
        damaged,
        cutOff: good.subarray(0, middle),
        empty: '',
        text: 'hello\n',
        withoutItsEnd: lines.slice(0, lines.lastIndexOf('\n{')) + '\n',
        aLineLess: lines.replace(/\n\["devices".*/, ''),
        changed: lines.replace('厨房', '客厅'),
        newer: lines.replace(/"schema":"[^"]*"/, '"schema":"9999-future"'),
        others: await strangerDatabase(place.dataDir),
      };
      for (const [title, content] of Object.entries(bad)) {
        const source = join(place.dataDir, `bad.${title}`);
        await writeFile(source, content);
        await expect(restoreStore(place, { source, wallMs: AT, keep: 10 }), title).rejects.toMatchObject({
          code: 'store.bad_backup',
          message: expect.stringContaining(source) as string,
        });
      }
      await expect(
        restoreStore(place, { source: join(place.dataDir, 'nowhere'), wallMs: AT, keep: 10 }),
      ).rejects.toMatchObject({ code: 'store.bad_backup' });
      expect(await snapshot(await open())).toEqual(before);
    });

    it('is not restored while a server runs on it', async () => {
      const { file } = await (await open()).upkeep.backup(10);
      const claim = await claimDataFolder(place.dataDir);
      await expect(restoreStore(place, { source: file, wallMs: AT, keep: 10 })).rejects.toMatchObject({
        code: 'data.in_use',
        // The remedy does not propose another data folder, because that would mean another database.
        remedy: { en: 'Stop that server, restore, and start it again.' },
      });
      await claim.release();
    });

    it('is backed up before a migration, and an old backup is migrated to the newest schema', async () => {
      const old = await connect(place);
      await migrate(old, MIGRATIONS, '0001-devices');
      await old
        .insertInto('devices')
        .values({
          device_id: 'a0:85:e3:f4:49:34',
          client_id: 'c',
          language: 'zh-CN',
          first_seen_ms: 1,
          last_seen_ms: AT,
          token_generation: 3,
          previous_generation_valid: 0,
          revoked: 0,
        })
        .execute();
      await old.destroy();
      expect(await checkStore(place)).toMatchObject({
        schema: '0001-devices',
        pending: [
          '0002-firmware-agents-turns',
          '0003-more-fields',
          '0004-agents-and-memory',
          '0005-notices',
          '0006-spending',
          '0007-knowledge',
          '0008-people',
          '0009-voiceprints',
          '0010-knowledge-vectors',
          '0011-audio',
          '0012-person-of-turns',
          '0013-recordings',
        ],
        problems: [],
        rows: { devices: 1 },
      });
      const current = await open();
      const kept = await listStoreBackups(join(place.dataDir, 'backups'));
      expect(kept).toHaveLength(1);
      await current.rename('a0:85:e3:f4:49:34', 'new');
      await close();
      await restoreStore(place, { source: kept[0]?.file ?? '', wallMs: AT, keep: 10 });
      expect(await (await open()).list()).toMatchObject([
        { deviceId: 'a0:85:e3:f4:49:34', tokenGeneration: 3, lastSeenMs: AT, name: undefined },
      ]);
      // Nothing has to be migrated now, so opening the database makes no further backup.
      await close();
      await open();
      expect(await listStoreBackups(join(place.dataDir, 'backups'))).toHaveLength(2);
    });

    it('finds turns by speaker, even those from before this column', async () => {
      const old = await connect(place);
      await migrate(old, MIGRATIONS, '0011-audio');
      const turn = (id: string, more: string | null): unknown => ({
        id,
        device_id: 'a0:85:e3:f4:49:34',
        at_ms: AT,
        utterance_at_ms: AT,
        language: 'en-US',
        outcome: 'answered',
        mode: 'auto',
        speculated: 0,
        prepared: 0,
        stages_ms: '{}',
        sentences: 1,
        cached_sentences: 0,
        packets: 1,
        bytes: 1,
        underruns: 0,
        underrun_ms: 0,
        more,
      });
      const rows = [
        turn('t1', JSON.stringify({ person: 'Émile', answerText: '"person":' })),
        turn('t2', JSON.stringify({ person: 'Tom' })),
        turn('t3', JSON.stringify({ answerText: 'the "person":"Émile"' })),
        turn('t4', null),
      ];
      await old
        .insertInto('turns')
        .values(rows as never)
        .execute();
      await old.destroy();
      const { history } = await open();
      expect(await history.recentTurns({ limit: 9, person: 'émile' })).toMatchObject([
        { id: 't1', person: 'Émile', answerText: '"person":' },
      ]);
      expect(await history.recentTurns({ limit: 9, person: 'Tom' })).toMatchObject([{ id: 't2', person: 'Tom' }]);
      const others = (await history.recentTurns({ limit: 9 })).filter(({ person }) => person === undefined);
      expect(others.map(({ id, answerText }) => [id, answerText])).toEqual([
        ['t4', undefined],
        ['t3', 'the "person":"Émile"'],
      ]);
    });

    it('reports its content, forgets old turns, and frees their space', async () => {
      expect(await checkStore(place)).toMatchObject({ problems: [], schema: undefined, rows: {} });
      await fill(await open());
      expect(await checkStore(place)).toMatchObject({
        problems: [],
        pending: [],
        schema: '0013-recordings',
        rows: { devices: 3, turns: 1203 },
      });
      const { upkeep, history } = store as Store;
      expect(await upkeep.pruneHistory(AT + 1200)).toBe(1200);
      expect((await history.recentTurns({ limit: 10 })).map(({ atWallMs }) => atWallMs - AT)).toEqual([
        1202, 1201, 1200,
      ]);
      expect(await upkeep.pruneHistory(AT + 1200)).toBe(0);
      expect(await upkeep.pruneHistory(0, undefined, 3)).toBe(0);
      expect(await upkeep.pruneHistory(0, undefined, 2)).toBe(1);
      expect((await history.recentTurns({ limit: 10 })).map(({ atWallMs }) => atWallMs - AT)).toEqual([1202, 1201]);
      const { beforeBytes, afterBytes } = await upkeep.vacuum();
      expect(beforeBytes).toBeGreaterThan(0);
      if (kind === 'db') expect(afterBytes).toBeLessThan((beforeBytes ?? 0) / 2);
      expect(await (store as Store).list()).toHaveLength(3);
    });
  });
}

/** A valid database that belongs to another program. */
async function strangerDatabase(folder: string): Promise<Buffer> {
  const file = join(folder, 'stranger.db');
  const db: Kysely<never> = (await connect({ dataDir: folder, file })) as never;
  await db.schema.createTable('recipes').addColumn('name', 'text').execute();
  await db.destroy();
  const content = await readFile(file);
  return content;
}
