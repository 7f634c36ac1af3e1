import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupStore, openStore, restoreStore, type Store } from '../../src/platform/store/index.js';
import { connect } from '../../src/platform/store/database-open.js';
import { migrate, MIGRATIONS } from '../../src/platform/store/migrations.js';
import { CountingMetrics } from '../fakes/counting-metrics.js';
import { fill, snapshot, turnOf } from '../fakes/filled-store.js';
import { PASSWORD, PostgresServer, postgresMissing } from '../fakes/postgres-server.js';
import { testAuthorityFile } from '../fakes/bad-proxies.js';
import { freePort } from '../fakes/free-port.js';
import { describeWith } from '../fakes/required.js';
import { storeAudioContract } from './store-audio.contract.js';
import { storeContract } from './store-contract.js';
import { storeKnowledgeContract } from './store-knowledge.contract.js';
import { storeMemoryContract } from './store-memory.contract.js';
import { storePeopleContract } from './store-people.contract.js';
import { storeRecordsContract } from './store-records.contract.js';
import { storeMovingContract } from './store-moving.contract.js';

const AT = Date.UTC(2026, 10, 25, 10, 15, 0);
/** Number of statements that wait for a lock, including those of clients that have disconnected. */
async function waitingIn(place: Parameters<typeof connect>[0]): Promise<number> {
  const db = await connect(place);
  const waiting = sql<{ n: number }>`select count(*) as n from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database()`;
  const { rows } = await waiting.execute(db);
  await db.destroy();
  return rows[0]?.n ?? 0;
}
const SEEN = {
  deviceId: 'a0:85:e3:f4:49:34',
  clientId: 'c',
  board: undefined,
  firmwareVersion: undefined,
  language: 'en-US',
};

describeWith(postgresMissing, 'a database on a real PostgreSQL', () => {
  let server: PostgresServer;
  let url = '';
  const folders: string[] = [];
  const newFolder = async (): Promise<string> => {
    folders.push(await mkdtemp(join(tmpdir(), 'chorus-store-')));
    return folders.at(-1) ?? '';
  };
  /** A database that already has all tables. Creating them in every new database would take half the time of a test. */
  const migratedDatabase = (): Promise<string> => server.newDatabase('migrated');
  beforeAll(async () => {
    server = await PostgresServer.start();
    await server.query(server.url('postgres'), 'create database migrated');
    await (await openStore({ dataDir: await newFolder(), url: server.url('migrated') })).close();
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }, 60_000);

  storeContract(
    'PostgreSQL',
    async () => {
      url = await migratedDatabase();
      return openStore({ dataDir: await newFolder(), url });
    },
    () => openStore({ dataDir: folders.at(-1) ?? '', url }),
  );

  storeMemoryContract('PostgreSQL', async () =>
    openStore({ dataDir: await newFolder(), url: await migratedDatabase() }),
  );

  storeRecordsContract('PostgreSQL', async () =>
    openStore({ dataDir: await newFolder(), url: await server.newDatabase() }),
  );

  storeKnowledgeContract('PostgreSQL', async () =>
    openStore({ dataDir: await newFolder(), url: await migratedDatabase() }),
  );

  storePeopleContract('PostgreSQL', async () =>
    openStore({ dataDir: await newFolder(), url: await migratedDatabase() }),
  );

  storeAudioContract('PostgreSQL', async () =>
    openStore({ dataDir: await newFolder(), url: await migratedDatabase() }),
  );

  it('plays its audio on every server of the database, and copies contain no audio', async () => {
    const url = await server.newDatabase();
    const [one, other] = await Promise.all([
      openStore({ dataDir: await newFolder(), url }),
      openStore({ dataDir: await newFolder(), url }),
    ]);
    await one.seen(SEEN, AT);
    const turn = turnOf(1, { deviceId: SEEN.deviceId });
    await one.history.keepTurns([turn]);
    await one.audio.keep(turn, 'said', Buffer.from('a secret that is looked for'));
    expect(Buffer.from((await other.audio.read(turn, 'said')) ?? []).toString()).toBe('a secret that is looked for');
    const { file } = await one.upkeep.backup(10);
    const copy = await readFile(file, 'utf8');
    expect(copy).toContain(turn.id);
    expect(copy).not.toContain('turn_audio');
    await one.close();
    await other.close();
  });

  storeMovingContract('PostgreSQL', 'jsonl', async () => ({
    dataDir: await newFolder(),
    url: await server.newDatabase(),
  }));

  it('takes over an embedded database, and returns it, by either kind of copy', async () => {
    const dataDir = await newFolder();
    const place = { dataDir, url: await server.newDatabase() };
    const embedded = await openStore({ dataDir });
    await fill(embedded);
    const before = await snapshot(embedded);
    await embedded.close();
    for (const kind of ['db', 'jsonl'] as const) {
      const { file } = await backupStore({ dataDir }, { wallMs: AT, keep: 10, kind });
      await restoreStore(place, { source: file, wallMs: AT, keep: 10 });
      const moved = await openStore(place);
      expect(await snapshot(moved)).toEqual(before);
      await moved.rename(SEEN.deviceId, undefined);
      await moved.close();
    }
    const { file } = await backupStore(place, { wallMs: AT, keep: 10 });
    const { keptFile } = await restoreStore({ dataDir }, { source: file, wallMs: AT, keep: 10 });
    const back = await openStore({ dataDir });
    expect(await back.find(SEEN.deviceId)).toMatchObject({ name: undefined });
    await back.close();
    await restoreStore({ dataDir }, { source: keptFile ?? '', wallMs: AT, keep: 10 });
    const again = await openStore({ dataDir });
    expect(await snapshot(again)).toEqual(before);
    await again.close();
  });

  it('is migrated by several servers that start at once, with each step once', async () => {
    const place = { dataDir: await newFolder(), url: await server.newDatabase() };
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(place)));
    await Promise.all(stores.map((store, n) => store.seen({ ...SEEN, deviceId: `02:00:00:00:00:0${n}` }, n)));
    expect(await stores[0]?.list()).toHaveLength(6);
    const rows = await server.query(place.url, 'select name from kysely_migration order by name');
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(MIGRATIONS));
    await Promise.all(stores.map((store) => store.close()));
  });

  it('keeps the limit of bound devices even if several servers decide at once', async () => {
    const place = { dataDir: await newFolder(), url: await server.newDatabase() };
    const one = await openStore(place);
    const other = await openStore(place);
    const id = (n: number): string => `02:00:00:00:00:${n.toString().padStart(2, '0')}`;
    for (let n = 0; n < 12; n++) await one.seen({ ...SEEN, deviceId: id(n) }, n);
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? one : other).bindWithin(5, id(n), 'c', 'lan', 1)),
    );
    expect(results.filter((bound) => bound !== undefined)).toHaveLength(5);
    await Promise.all([one.close(), other.close()]);
  });

  it('keeps nothing of a failed migration', async () => {
    const place = { dataDir: await newFolder(), url: await server.newDatabase() };
    const db = await connect(place);
    const bad = {
      '0001-half': {
        async up(d: Parameters<typeof migrate>[0]) {
          await d.schema.createTable('half').addColumn('a', 'text').execute();
          await sql`select nonsense`.execute(d);
        },
      },
    };
    await expect(migrate(db, bad)).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringContaining('0001-half') as string,
    });
    expect((await db.introspection.getTables()).map(({ name }) => name)).toEqual([]);
    await db.destroy();
  });

  it('is not restored while a server of another machine runs', async () => {
    const place = { dataDir: await newFolder(), url: await server.newDatabase() };
    const elsewhere = await openStore(place);
    await elsewhere.list();
    const { file } = await elsewhere.upkeep.backup(10);
    const here = { ...place, dataDir: await newFolder() };
    await expect(restoreStore(here, { source: file, wallMs: AT, keep: 10 })).rejects.toMatchObject({
      code: 'data.in_use',
    });
    await elsewhere.close();
    await restoreStore(here, { source: file, wallMs: AT, keep: 10 });
  });

  it('gives up waiting for another writer with a typed error, and works afterwards', async () => {
    const place = { dataDir: await newFolder(), url: await server.newDatabase() };
    const store = await openStore({ ...place, timeoutMs: 300 });
    const other = await connect(place);
    await other.transaction().execute(async (tx) => {
      await sql`lock table devices in exclusive mode`.execute(tx);
      await expect(store.seen(SEEN, 1)).rejects.toMatchObject({ code: 'store.failed', retryable: true });
      expect(await store.list()).toEqual([]);
    });
    await store.seen(SEEN, 2);
    await other.destroy();
    await store.close();
  });

  it('ends a backup and a vacuum at once when the server ends, whatever they wait for', async () => {
    const place = { dataDir: await newFolder(), url: await server.newDatabase() };
    const store = await openStore(place);
    await fill(store);
    const other = await connect(place);
    await other.transaction().execute(async (tx) => {
      await sql`lock table turns in access exclusive mode`.execute(tx);
      for (const work of [
        (signal: AbortSignal) => store.upkeep.backup(10, signal),
        (signal: AbortSignal) => store.upkeep.check(signal),
        (signal: AbortSignal) => store.upkeep.vacuum(signal),
      ]) {
        const before = await waitingIn(place);
        const stop = new AbortController();
        const ended = work(stop.signal).then(
          () => 'done',
          () => 'ended',
        );
        await expect.poll(() => waitingIn(place), { timeout: 10_000 }).toBeGreaterThan(before);
        stop.abort();
        expect(await ended).toBe('ended');
      }
    });
    expect(await readdir(join(place.dataDir, 'backups'))).toEqual([]);
    expect(await store.upkeep.check()).toEqual([]);
    await other.destroy();
    await store.close();
  }, 30_000);

  it('accepts a text with NUL, which a device may send', async () => {
    const store = await openStore({ dataDir: await newFolder(), url: await server.newDatabase() });
    expect(await store.seen({ ...SEEN, board: 'odd\0board' }, 1)).toMatchObject({ board: 'oddboard' });
    await store.close();
  });

  describe('that is lost', () => {
    let own: PostgresServer;
    beforeAll(async () => {
      own = await PostgresServer.start();
    }, 60_000);
    afterAll(() => own.stop());

    it('is reported with a remedy, and recovers by itself', async () => {
      const metrics = new CountingMetrics();
      const store: Store = await openStore({
        dataDir: await newFolder(),
        url: await own.newDatabase(),
        metrics,
        timeoutMs: 2000,
      });
      const ended = new AbortController();
      const watching = store.reachability.watch(ended.signal);
      await store.seen(SEEN, 1);
      expect(metrics.gauges['chorus_store_up']).toBe(1);
      await own.halt();
      const lost = await store.seen(SEEN, 2).catch((error: unknown) => error);
      expect(lost).toMatchObject({ code: 'store.unreachable', retryable: true });
      await expect(store.history.keepTurns([turnOf(1)])).rejects.toMatchObject({ code: 'store.unreachable' });
      expect(store.reachability.lost).toMatchObject({ code: 'store.unreachable' });
      expect(JSON.stringify([lost, store.reachability.lost])).not.toContain(PASSWORD);
      expect(metrics.gauges['chorus_store_up']).toBe(0);
      await own.resume();
      // Nobody uses the store now, so only its regular check can notice that the server is back, or lost again.
      await expect.poll(() => store.reachability.lost, { timeout: 20_000 }).toBeUndefined();
      expect(await store.find(SEEN.deviceId)).toMatchObject({ lastSeenMs: 1 });
      await own.halt('SIGINT');
      await expect.poll(() => store.reachability.lost, { timeout: 20_000 }).toBeDefined();
      await own.resume();
      ended.abort();
      await watching.catch(() => undefined);
      await store.close();
    }, 60_000);

    it('is encrypted if sslmode says so, with a matching certificate of a trusted authority', async () => {
      const dataDir = await newFolder();
      await own.query(own.url('postgres'), 'create database encrypted');
      const port = await freePort();
      const address = (query: string, host = '127.0.0.1'): string =>
        `postgres://chorus:${PASSWORD}@${host}:${port}/encrypted?${query}`;
      const authority = `sslrootcert=${testAuthorityFile}`;
      const encrypted =
        "select ssl, version from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'chorus'";
      const refused = async (query: string): Promise<void> => {
        const error: unknown = await openStore({ dataDir, url: address(query), timeoutMs: 2000 }).catch(
          (thrown: unknown) => thrown,
        );
        expect(error, query).toMatchObject({
          code: 'store.refused',
          message: expect.stringMatching(/certificate|altname/i) as string,
        });
        expect((error as Error).message).not.toContain('planted');
      };
      for (const [name, good, bad] of [
        [
          'good',
          [`sslmode=verify-full&${authority}`, `sslmode=require&${authority}`, 'sslmode=no-verify'],
          ['sslmode=verify-full', 'sslmode=require'],
        ],
        ['othername', ['sslmode=no-verify'], [`sslmode=verify-full&${authority}`, `sslmode=require&${authority}`]],
        ['expired', ['sslmode=no-verify'], [`sslmode=verify-full&${authority}`]],
      ] as const) {
        await own.halt('SIGINT');
        await own.resume({ port, name });
        for (const query of good) {
          const store = await openStore({ dataDir, url: address(query) });
          await store.seen(SEEN, 1);
          expect(await own.query(address('sslmode=no-verify'), encrypted), query).toEqual([
            { ssl: true, version: 'TLSv1.3' },
          ]);
          await store.close();
        }
        for (const query of bad) await refused(query);
      }
      await own.halt('SIGINT');
      await own.resume();
    }, 60_000);

    it('explains why it cannot be opened, without the password', async () => {
      const dataDir = await newFolder();
      const attempts: readonly (readonly [string, string])[] = [
        [own.url('test_1', 'wrong-planted-password'), 'store.refused'],
        [own.url('nonexistent'), 'store.refused'],
        [`${own.url('test_1')}&sslmode=require`, 'store.refused'],
        [`${own.url('test_1')}&sslmode=verify-full&sslrootcert=/nowhere/ca.pem`, 'store.refused'],
        [own.url('test_1').replace(own.folder, '/nowhere'), 'store.unreachable'],
        [`postgres://chorus:${PASSWORD}@127.0.0.1:1/test_1`, 'store.unreachable'],
        [`mysql://chorus:${PASSWORD}@127.0.0.1/test_1`, 'store.refused'],
        [`postgres://chorus:${PASSWORD}@:::/test_1`, 'store.refused'],
      ];
      for (const [address, code] of attempts) {
        const error: unknown = await openStore({ dataDir, url: address, timeoutMs: 2000 }).catch(
          (thrown: unknown) => thrown,
        );
        expect(error, address).toMatchObject({ code });
        expect(`${(error as Error).message} ${JSON.stringify((error as { details: unknown }).details)}`).not.toContain(
          'planted',
        );
      }
    }, 60_000);
  });
});
