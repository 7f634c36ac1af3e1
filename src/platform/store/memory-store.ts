import type { Kysely, Selectable } from 'kysely';
import type { Database, Tx } from './database.js';
import { MAX_MEMORIES, type MemoryQuery, type MemoryRecord, type MemoryStore, type NewMemory } from './memory-port.js';
import { fromRow, toRow } from './row-mapping.js';
import type { StoreSchema } from './schema.js';
import { spellingsIn } from './spellings.js';

export class KyselyMemoryStore implements MemoryStore {
  constructor(private readonly database: Database) {}

  memories(query: MemoryQuery): Promise<readonly MemoryRecord[]> {
    return this.database.read('read memories', (db) => find(db, query));
  }

  keep(memories: readonly NewMemory[]): Promise<void> {
    if (memories.length === 0) return Promise.resolve();
    return this.database.write('keep memories', async (tx) => {
      for (const { replaces, ...memory } of memories) {
        const known = tx.selectFrom('devices').select('device_id').where('device_id', '=', memory.deviceId);
        if (!(await known.executeTakeFirst())) continue;
        await tx
          .insertInto('memories')
          .values({ ...toRow({ ...memory, name: memory.name ?? undefined }), replaced_by: null, replaced_ms: null })
          .onConflict((c) => c.column('id').doNothing())
          .execute();
        if (replaces.length > 0)
          await tx
            .updateTable('memories')
            .set({ replaced_by: memory.id, replaced_ms: memory.createdMs })
            .where('id', 'in', replaces)
            .where('id', '!=', memory.id)
            .where('device_id', '=', memory.deviceId)
            .where('agent_id', '=', memory.agentId)
            .where('replaced_by', 'is', null)
            .execute();
        await dropOldest(tx, memory);
      }
    });
  }

  edit(id: string, text: string): Promise<MemoryRecord | undefined> {
    return this.database.write('change a memory', async (tx) => {
      await tx.updateTable('memories').set({ text }).where('id', '=', id).execute();
      return (await find(tx, { id }))[0];
    });
  }

  setSource(ids: readonly string[], turnId: string): Promise<void> {
    if (ids.length === 0) return Promise.resolve();
    return this.database.write('note the turn of memories', async (tx) => {
      await tx.updateTable('memories').set({ source_turn: turnId }).where('id', 'in', ids).execute();
    });
  }

  forget(query: MemoryQuery): Promise<number> {
    return this.database.write('forget memories', async (tx) => {
      let ids = (await find(tx, query)).map(({ id }) => id);
      let removed = 0;
      // A replaced memory says nearly the same as its replacement, so all earlier versions are removed too.
      while (ids.length > 0) {
        const page = ids.slice(0, PAGE);
        const before = await tx.selectFrom('memories').select('id').where('replaced_by', 'in', page).execute();
        const { numDeletedRows } = await tx.deleteFrom('memories').where('id', 'in', page).executeTakeFirst();
        removed += Number(numDeletedRows);
        ids = [...ids.slice(PAGE), ...before.map(({ id }) => id)];
      }
      return removed;
    });
  }
}

const PAGE = 500;

async function find(db: Kysely<StoreSchema>, query: MemoryQuery): Promise<MemoryRecord[]> {
  const { id, deviceId, agentId, person } = query;
  let rows = db.selectFrom('memories').selectAll().orderBy('created_ms', 'desc').orderBy('id', 'desc');
  if (id !== undefined) rows = rows.where('id', '=', id);
  if (deviceId !== undefined) rows = rows.where('device_id', '=', deviceId);
  if (agentId !== undefined) rows = rows.where('agent_id', '=', agentId);
  if (person !== undefined) rows = rows.where('name', 'in', await spellingsIn(db, 'memories', person));
  return (await rows.execute()).map(toMemory);
}

async function dropOldest(tx: Tx, { deviceId, agentId }: Pick<MemoryRecord, 'deviceId' | 'agentId'>): Promise<void> {
  const surplus = await tx
    .selectFrom('memories')
    .select('id')
    .where('device_id', '=', deviceId)
    .where('agent_id', '=', agentId)
    // Current memories come first, so that the limit drops replaced ones.
    .orderBy((e) => e.case().when('replaced_by', 'is', null).then(0).else(1).end())
    .orderBy('created_ms', 'desc')
    .offset(MAX_MEMORIES)
    .limit(MAX_MEMORIES)
    .execute();
  if (surplus.length > 0)
    await tx
      .deleteFrom('memories')
      .where(
        'id',
        'in',
        surplus.map(({ id }) => id),
      )
      .execute();
}

function toMemory(row: Selectable<StoreSchema['memories']>): MemoryRecord {
  return fromRow<MemoryRecord>(row, { keywords: 'json' });
}
