import type { Expression, ExpressionBuilder, Insertable, Selectable, SqlBool } from 'kysely';
import { fromRow, toRow, TURN_FIELDS } from '../../records/index.js';
import { PAGE_ROWS, type Database } from './database.js';
import type { ForgottenTurns, HistoryQuery, HistoryStore, HistoryTurn, TalkSums } from './history-port.js';
import type { StoreSchema } from './schema.js';
import { spellingsIn } from './spellings.js';

/** An empty id selects the turns without an agent, which the configured assistant answered. */
const ofAgent = (e: ExpressionBuilder<StoreSchema, 'turns'>, id: string): Expression<SqlBool> =>
  id === '' ? e('agent_id', 'is', null) : e('agent_id', '=', id);

export class KyselyHistoryStore implements HistoryStore {
  constructor(private readonly database: Database) {}

  keepTurns(turns: readonly HistoryTurn[]): Promise<void> {
    if (turns.length === 0) return Promise.resolve();
    return this.database.write('keep turns', async (tx) => {
      const talked = [...new Set(turns.map(({ deviceId }) => deviceId))];
      const known = new Set(
        (await tx.selectFrom('devices').select('device_id').where('device_id', 'in', talked).execute()).map(
          (row) => row.device_id,
        ),
      );
      const rows = turns.filter(({ deviceId }) => known.has(deviceId)).map(rowOf);
      if (rows.length === 0) return;
      await tx
        .insertInto('turns')
        .values(rows)
        .onConflict((c) => c.column('id').doNothing())
        .execute();
    });
  }

  recentTurns({ limit, deviceId, agentId, person, beforeMs }: HistoryQuery): Promise<readonly HistoryTurn[]> {
    return this.database.read('read the history', async (db) => {
      let query = db.selectFrom('turns').selectAll().orderBy('at_ms', 'desc').orderBy('id', 'desc').limit(limit);
      if (deviceId !== undefined) query = query.where('device_id', '=', deviceId);
      if (agentId !== undefined) query = query.where((e) => ofAgent(e, agentId));
      if (person !== undefined) query = query.where('person', 'in', await spellingsIn(db, 'turns', person));
      // Times are rounded on writing, so the limit is rounded too.
      if (beforeMs !== undefined) query = query.where('at_ms', '<', Math.round(beforeMs));
      return (await query.execute()).map(toTurn);
    });
  }

  find(id: string): Promise<HistoryTurn | undefined> {
    return this.database.read('find a turn', async (db) => {
      const row = await db.selectFrom('turns').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toTurn(row);
    });
  }

  known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return Promise.resolve(new Set());
    return this.database.read('look for turns', async (db) => {
      const rows = await db.selectFrom('turns').select('id').where('id', 'in', ids).execute();
      return new Set(rows.map(({ id }) => id));
    });
  }

  forgetTurns(which: ForgottenTurns): Promise<number> {
    return removeTurns(this.database, 'forget turns', which);
  }

  talkOf(deviceId: string, beforeMs: number): Promise<TalkSums | undefined> {
    return this.database.read('sum up the history of a device', async (db) => {
      const turns = db
        .selectFrom('turns')
        .where('device_id', '=', deviceId)
        .where('at_ms', '<', Math.round(beforeMs))
        // A recording that a program played is no conversation.
        .where('outcome', '!=', 'played');
      const last = await turns.selectAll().orderBy('at_ms', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
      if (!last) return undefined;
      const sums = await turns
        .select(({ fn }) => [
          fn.countAll<number>().as('turns'),
          fn.sum<number>('underruns').as('underruns'),
          fn.sum<number>('underrun_ms').as('underrunMs'),
        ])
        .executeTakeFirst();
      return sums && { ...sums, last: toTurn(last) };
    });
  }
}

/** One transaction for all turns of a device could take longer than the database's time limit. */
export async function removeTurns(
  database: Database,
  what: string,
  { deviceId, agentId, person, turnId }: ForgottenTurns,
): Promise<number> {
  const names = person === undefined ? undefined : await database.read(what, (db) => spellingsIn(db, 'turns', person));
  // Each page begins at the end of the last one, so that no other turn is looked at twice.
  let fromMs = 0;
  return database.removeInPages(what, async (tx) => {
    let turns = tx.selectFrom('turns').select(['id', 'at_ms']).where('at_ms', '>=', fromMs);
    if (deviceId !== undefined) turns = turns.where('device_id', '=', deviceId);
    if (agentId !== undefined) turns = turns.where((e) => ofAgent(e, agentId));
    if (names !== undefined) turns = turns.where('person', 'in', names);
    if (turnId !== undefined) turns = turns.where('id', '=', turnId);
    const page = await turns.orderBy('at_ms').limit(PAGE_ROWS).execute();
    const last = page.at(-1);
    if (last === undefined) return 0;
    fromMs = last.at_ms;
    const ids = page.map(({ id }) => id);
    await tx.deleteFrom('turns').where('id', 'in', ids).execute();
    return page.length;
  });
}

function rowOf(turn: HistoryTurn): Insertable<StoreSchema['turns']> {
  return { id: turn.id, ...toRow(TURN_FIELDS, turn) } as Insertable<StoreSchema['turns']>;
}

function toTurn(row: Selectable<StoreSchema['turns']>): HistoryTurn {
  return { id: row.id, ...fromRow(TURN_FIELDS, row) };
}
