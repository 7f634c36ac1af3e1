import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { turnOf } from '../../../test/fakes/filled-store.js';
import { AudioTable } from './audio-table.js';
import { Database, PAGE_ROWS } from './database.js';
import { connect } from './database-open.js';
import { KyselyDeviceStore } from './device-store.js';
import { KyselyHistoryStore } from './history-store.js';
import { migrate } from './migrations.js';

const DEVICE = { deviceId: 'a', clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' };
const SOUND = { bytes: 10, data: Buffer.from('x') };

it('prunes in pages, the oldest first, and stops between two pages when its signal is aborted', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'chorus-audio-'));
  const db = await connect({ dataDir });
  await migrate(db);
  const database = new Database({ engine: 'libsql', db });
  await new KyselyDeviceStore(database).seen(DEVICE, 1);
  const turns = Array.from({ length: 2 * PAGE_ROWS + 7 }, (_, n) =>
    turnOf(n, { deviceId: DEVICE.deviceId, atWallMs: n }),
  );
  await new KyselyHistoryStore(database).keepTurns(turns);
  const rows = turns.map(({ id, atWallMs }) => ({ turn_id: id, side: 'said' as const, at_ms: atWallMs, ...SOUND }));
  await db.insertInto('turn_audio').values(rows).execute();
  const left = async (): Promise<readonly number[]> =>
    (await db.selectFrom('turn_audio').select('at_ms').orderBy('at_ms').execute()).map(({ at_ms: at }) => at);
  const stop = new AbortController();
  const audio = new AudioTable(new Database({ engine: 'libsql', db, onWritten: () => stop.abort() }));

  await expect(audio.prune({ beforeMs: 1, maxBytes: 50 }, stop.signal)).rejects.toThrow(/abort/);
  expect(await left()).toEqual(rows.slice(PAGE_ROWS).map(({ at_ms: at }) => at));
  expect(await audio.prune({ beforeMs: 1, maxBytes: 50 })).toBe(PAGE_ROWS + 2);
  const newest = 2 * PAGE_ROWS + 6;
  expect(await left()).toEqual([4, 3, 2, 1, 0].map((n) => newest - n));
  expect(await audio.prune({ beforeMs: newest, maxBytes: 50 })).toBe(4);
  await db.destroy();
  await rm(dataDir, { recursive: true });
});
