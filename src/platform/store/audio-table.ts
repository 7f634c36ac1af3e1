import { sql } from 'kysely';
import type { AudioLimits, AudioSide, AudioStore, AudioTurn } from './audio-port.js';
import type { Database } from './database.js';

export class AudioTable implements AudioStore {
  constructor(private readonly database: Database) {}

  keep({ id, atWallMs }: AudioTurn, side: AudioSide, sealed: Uint8Array): Promise<boolean> {
    return this.database.write('keep audio', async (tx) => {
      const turn = await tx.selectFrom('turns').select('id').where('id', '=', id).executeTakeFirst();
      if (!turn) return false;
      const row = {
        turn_id: id,
        side,
        at_ms: Math.round(atWallMs),
        bytes: sealed.byteLength,
        data: Buffer.from(sealed),
      };
      await tx
        .insertInto('turn_audio')
        .values(row)
        .onConflict((c) => c.columns(['turn_id', 'side']).doNothing())
        .execute();
      return true;
    });
  }

  read({ id }: AudioTurn, side: AudioSide): Promise<Uint8Array | undefined> {
    return this.database.read('read audio', async (db) => {
      const found = await db
        .selectFrom('turn_audio')
        .select('data')
        .where('turn_id', '=', id)
        .where('side', '=', side)
        .executeTakeFirst();
      return found?.data;
    });
  }

  sidesOf(turns: readonly AudioTurn[]): Promise<ReadonlyMap<string, readonly AudioSide[]>> {
    if (turns.length === 0) return Promise.resolve(new Map());
    return this.database.read('look for audio', async (db) => {
      const ids = turns.map(({ id }) => id);
      const rows = await db
        .selectFrom('turn_audio')
        .select(['turn_id', 'side'])
        .where('turn_id', 'in', ids)
        .orderBy('side')
        .execute();
      const found = new Map<string, AudioSide[]>();
      for (const { turn_id: id, side } of rows) found.set(id, [...(found.get(id) ?? []), side]);
      return found;
    });
  }

  prune({ beforeMs, maxBytes }: AudioLimits): Promise<number> {
    return this.database.write('prune audio', async (tx) => {
      const old = await tx.deleteFrom('turn_audio').where('at_ms', '<', Math.round(beforeMs)).executeTakeFirst();
      const surplus = await sql`
        delete from turn_audio where (turn_id, side) in (
          select turn_id, side from (
            select turn_id, side, sum(bytes) over (order by at_ms desc, turn_id, side) as total from turn_audio
          ) as newest_first where total > ${maxBytes}
        )`.execute(tx);
      return Number(old.numDeletedRows) + Number(surplus.numAffectedRows ?? 0n);
    });
  }

  /** Does nothing, because the database removes audio together with its turn. */
  sweep(): Promise<number> {
    return Promise.resolve(0);
  }
}
