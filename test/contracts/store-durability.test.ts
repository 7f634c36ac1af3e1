import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibsqlDialect } from '../../src/platform/store/libsql-dialect.js';
import { migrate, MIGRATIONS } from '../../src/platform/store/migrations.js';
import { ensureDataFolder, openStore } from '../../src/platform/store/index.js';
import type { StoreSchema } from '../../src/platform/store/schema.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openDb = async (): Promise<Kysely<StoreSchema>> =>
  new Kysely<StoreSchema>({ dialect: await LibsqlDialect.open(join(folder, 'chorus.db'), { busyTimeoutMs: 2000 }) });
const seen = (n: number) => ({
  deviceId: `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
  clientId: `c${n}`,
  board: undefined,
  firmwareVersion: undefined,
  language: 'en-US',
});

describe('the embedded database', () => {
  it('does not block the event loop while another process locks the database', async () => {
    const store = await openStore({ dataDir: folder });
    const other = await openDb();
    let free: (() => void) | undefined;
    let held: (() => void) | undefined;
    const holding = new Promise<void>((resolve) => (held = resolve));
    const transaction = other.transaction().execute(async () => {
      held?.();
      await new Promise<void>((resolve) => (free = resolve));
    });
    await holding;
    let written = false;
    const write = store.seen(seen(1), 1).then(() => (written = true));
    // The write waits in another thread, so this thread's event loop keeps running, and reading works.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(written).toBe(false);
    free?.();
    await Promise.all([transaction, write]);
    expect(await store.find(seen(1).deviceId)).toBeDefined();
    await other.destroy();
    await store.close();
  });

  it('gives up waiting for the other process with a typed error, and works afterwards', async () => {
    const store = await openStore({ dataDir: folder, timeoutMs: 50 });
    const other = await openDb();
    await other.transaction().execute(async () => {
      await expect(store.seen(seen(1), 1)).rejects.toMatchObject({ code: 'store.failed', retryable: true });
    });
    await store.seen(seen(1), 2);
    await other.destroy();
    await store.close();
  });

  it('keeps nothing of a failed migration, and the next start repairs it', async () => {
    await (await openStore({ dataDir: folder })).close();
    const db = await openDb();
    const bad = {
      ...MIGRATIONS,
      '9998-good': { up: (d: Kysely<unknown>) => d.schema.createTable('extra').addColumn('a', 'text').execute() },
      '9999-bad': {
        async up(d: Kysely<unknown>) {
          await d.schema.createTable('half').addColumn('a', 'text').execute();
          const row = sql`insert into devices (device_id, client_id, language, first_seen_ms, last_seen_ms)
            values ('x', 'c', 'en', 1, 1)`;
          await row.execute(d);
          throw new Error('defect');
        },
      },
    };
    await expect(migrate(db, bad)).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringContaining('9999-bad') as string,
    });
    const { rows } = await sql<{
      name: string;
    }>`select name from sqlite_master where name in ('extra', 'half')`.execute(db);
    expect(rows).toEqual([]);
    expect(await db.selectFrom('devices').selectAll().execute()).toEqual([]);
    await migrate(db, { ...MIGRATIONS, '9998-good': bad['9998-good'] });
    await db.destroy();
    // The database was written by a newer version. The error says so, and nothing is overwritten.
    await expect(openStore({ dataDir: folder })).rejects.toMatchObject({
      code: 'store.failed',
      message: expect.stringContaining('newer') as string,
    });
  });

  it('keeps the newest 1000 of the devices that were never bound, and all bound ones', async () => {
    const store = await openStore({ dataDir: folder });
    await store.seen(seen(0), 1);
    await store.bind(seen(0).deviceId, 'c0', 'code', 1);
    await store.seen(seen(1), 1);
    await store.bind(seen(1).deviceId, 'c1', 'code', 1);
    await store.revoke(seen(1).deviceId);
    for (let n = 2; n < 1012; n++) await store.seen(seen(n), n);
    const kept = (await store.list()).map((device) => device.deviceId);
    expect(kept).toHaveLength(1002);
    expect(kept).toContain(seen(0).deviceId);
    expect(kept).toContain(seen(1).deviceId);
    expect(kept).not.toContain(seen(11).deviceId);
    expect(kept).toContain(seen(12).deviceId);
    await store.close();
  });

  it('names a folder in which it cannot write', async () => {
    await writeFile(join(folder, 'file'), 'not a folder');
    for (const dataDir of [join(folder, 'file'), join(folder, 'file', 'data'), '/proc/chorus']) {
      await expect(openStore({ dataDir })).rejects.toMatchObject({
        code: 'data.not_writable',
        message: expect.stringContaining(dataDir) as string,
      });
      await expect(ensureDataFolder(dataDir)).rejects.toMatchObject({ code: 'data.not_writable' });
    }
    const deep = join(folder, 'a', 'b', 'c');
    await (await openStore({ dataDir: deep })).close();
    await (await openStore({ dataDir: deep })).close();
    await writeFile(join(folder, 'chorus.db'), 'this is not a database, but something of another kind'.repeat(50));
    await expect(openStore({ dataDir: folder })).rejects.toMatchObject({ code: 'store.failed' });
  });
});
