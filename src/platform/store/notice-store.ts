import type { Insertable, Selectable } from 'kysely';
import type { Database, Tx } from './database.js';
import type { NoticeClaim, NoticeLimits, NoticeRecord, NoticeStore, SpokenOne } from './notice-port.js';
import { fromRow, toRow, type PackedFields } from './row-mapping.js';
import type { StoreSchema } from './schema.js';

type NoticeRow = Selectable<StoreSchema['notices']>;

const PACKED: PackedFields<NoticeRecord> = { urgent: 'flag' };

export class KyselyNoticeStore implements NoticeStore {
  constructor(private readonly database: Database) {}

  add(notice: NoticeRecord, most: NoticeLimits, recording?: Uint8Array): Promise<boolean> {
    return this.database.write('keep a notice', async (tx) => {
      const { n, recorded } = await tx
        .selectFrom('notices')
        .select(({ fn }) => [fn.countAll<number>().as('n'), fn.count<number>('recording_id').as('recorded')])
        .where('device_id', '=', notice.deviceId)
        .executeTakeFirstOrThrow();
      if (n >= most.notices || (notice.recordingId !== undefined && recorded >= most.recordings)) return false;
      if (notice.recordingId !== undefined && recording) await keepRecording(tx, notice.recordingId, recording);
      const row: Insertable<StoreSchema['notices']> = { ...toRow(notice), claimed_by: null, claimed_until_ms: null };
      // A write may be repeated if its answer was lost, so the notice may exist already.
      await tx
        .insertInto('notices')
        .values(row)
        .onConflict((c) => c.column('id').doNothing())
        .execute();
      return true;
    });
  }

  recording(id: string): Promise<Uint8Array | undefined> {
    return this.database.read('read a recording', async (db) => {
      const parts = await db.selectFrom('recordings').select('data').where('id', '=', id).orderBy('part').execute();
      return parts.length === 0 ? undefined : Buffer.concat(parts.map(({ data }) => Buffer.from(data, 'base64')));
    });
  }

  of(deviceId: string): Promise<readonly NoticeRecord[]> {
    return this.database.read('list notices', async (db) =>
      (
        await db
          .selectFrom('notices')
          .selectAll()
          .where('device_id', '=', deviceId)
          .orderBy('due_ms')
          .orderBy('id')
          .execute()
      ).map(toNotice),
    );
  }

  remove(deviceId: string, ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return Promise.resolve(0);
    return this.database.write('remove notices', async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('notices')
        .where('device_id', '=', deviceId)
        .where('id', 'in', ids)
        .executeTakeFirst();
      await dropRecordings(tx);
      return Number(numDeletedRows);
    });
  }

  nextDueMs(nowMs: number): Promise<number | undefined> {
    return this.database.read('find the next notice', async (db) => {
      const row = await db
        .selectFrom('notices')
        .select('due_ms')
        .where('due_ms', '>', nowMs)
        .orderBy('due_ms')
        .limit(1)
        .executeTakeFirst();
      return row?.due_ms;
    });
  }

  dueBetween(deviceIds: readonly string[], fromMs: number, toMs: number): Promise<Map<string, readonly number[]>> {
    if (deviceIds.length === 0) return Promise.resolve(new Map());
    return this.database.read('find the next notices', async (db) => {
      const rows = await db
        .selectFrom('notices')
        .select(['device_id', 'due_ms'])
        .where('device_id', 'in', deviceIds)
        .where('due_ms', '>', fromMs)
        .where('due_ms', '<=', toMs)
        .execute();
      const times = new Map<string, number[]>();
      for (const { device_id: id, due_ms: dueMs } of rows) times.set(id, [...(times.get(id) ?? []), dueMs]);
      return times;
    });
  }

  unanswered(deviceIds: readonly string[]): Promise<readonly NoticeRecord[]> {
    if (deviceIds.length === 0) return Promise.resolve([]);
    return this.database.read('find ringing alarms', async (db) => {
      const rows = await db
        .selectFrom('notices')
        .selectAll()
        .where('device_id', 'in', deviceIds)
        .where('kind', '=', 'alarm')
        // Only the repeated rings of an alarm expire.
        .where('expires_ms', 'is not', null)
        .orderBy('due_ms')
        .execute();
      return rows.map(toNotice);
    });
  }

  claim({ server, deviceIds, nowMs, untilMs, limit }: NoticeClaim): Promise<readonly NoticeRecord[]> {
    if (deviceIds.length === 0) return Promise.resolve([]);
    return this.database.write('take due notices', async (tx) => {
      const rows = await tx
        .selectFrom('notices')
        .selectAll()
        .where('device_id', 'in', deviceIds)
        .where('due_ms', '<=', nowMs)
        .where((e) => e.or([e('expires_ms', 'is', null), e('expires_ms', '>', nowMs)]))
        .where((e) => e.or([e('claimed_until_ms', 'is', null), e('claimed_until_ms', '<=', nowMs)]))
        .orderBy('due_ms')
        .orderBy('id')
        .limit(limit)
        .execute();
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0)
        await tx
          .updateTable('notices')
          .set({ claimed_by: server, claimed_until_ms: untilMs })
          .where('id', 'in', ids)
          .execute();
      return rows.map(toNotice);
    });
  }

  spoken(notices: readonly SpokenOne[], server: string): Promise<void> {
    if (notices.length === 0) return Promise.resolve();
    return this.database.write('note which notices were spoken', async (tx) => {
      const over = notices.flatMap(({ id, nextDueMs }) => (nextDueMs === undefined ? [id] : []));
      if (over.length > 0) {
        await tx.deleteFrom('notices').where('id', 'in', over).where('claimed_by', '=', server).execute();
        await dropRecordings(tx);
      }
      for (const { id, nextDueMs } of notices) {
        if (nextDueMs === undefined) continue;
        await tx
          .updateTable('notices')
          .set({ due_ms: nextDueMs, claimed_by: null, claimed_until_ms: null })
          .where('id', '=', id)
          .where('claimed_by', '=', server)
          .execute();
      }
    });
  }

  release(ids: readonly string[], server: string): Promise<void> {
    return this.#change('give notices back', ids, server, {
      claimed_by: null,
      claimed_until_ms: null,
    });
  }

  renew(ids: readonly string[], server: string, untilMs: number): Promise<void> {
    return this.#change('keep hold of notices', ids, server, { claimed_until_ms: untilMs });
  }

  releaseAll(): Promise<void> {
    return this.database.write('give all notices back', async (tx) => {
      await tx.updateTable('notices').set({ claimed_by: null, claimed_until_ms: null }).execute();
    });
  }

  prune(nowMs: number): Promise<number> {
    return this.database.write('remove old notices', async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('notices').where('expires_ms', '<=', nowMs).executeTakeFirst();
      await dropRecordings(tx);
      return Number(numDeletedRows);
    });
  }

  #change(
    what: string,
    ids: readonly string[],
    server: string,
    to: Partial<Insertable<StoreSchema['notices']>>,
  ): Promise<void> {
    if (ids.length === 0) return Promise.resolve();
    return this.database.write(what, async (tx) => {
      await tx.updateTable('notices').set(to).where('id', 'in', ids).where('claimed_by', '=', server).execute();
    });
  }
}

const PART_BYTES = 15 * 1024;

async function keepRecording(tx: Tx, id: string, bytes: Uint8Array): Promise<void> {
  if (await tx.selectFrom('recordings').select('id').where('id', '=', id).executeTakeFirst()) return;
  const rows: Insertable<StoreSchema['recordings']>[] = [];
  for (let at = 0; at < bytes.byteLength; at += PART_BYTES)
    rows.push({ id, part: rows.length, data: Buffer.from(bytes.subarray(at, at + PART_BYTES)).toString('base64') });
  await tx.insertInto('recordings').values(rows).execute();
}

export async function dropRecordings(tx: Tx): Promise<void> {
  await tx
    .deleteFrom('recordings')
    .where((e) =>
      e.not(
        e.exists(e.selectFrom('notices').select('notices.id').whereRef('notices.recording_id', '=', 'recordings.id')),
      ),
    )
    .execute();
}

function toNotice({ claimed_by: _by, claimed_until_ms: _until, ...row }: NoticeRow): NoticeRecord {
  return fromRow<NoticeRecord>(row, PACKED);
}
