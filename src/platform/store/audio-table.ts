import { sql } from 'kysely';
import type { AudioLimits, AudioSide, AudioStore, AudioTurn } from './audio-port.js';
import { PAGE_ROWS, type Database, type Tx } from './database.js';

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

  async prune({ beforeMs, maxBytes }: AudioLimits, signal?: AbortSignal): Promise<number> {
    const endMs = Math.max(Math.round(beforeMs), await this.#endOfSurplus(maxBytes));
    const removePage = async (tx: Tx): Promise<number> => {
      const { numAffectedRows = 0n } = await sql`
        delete from turn_audio where (turn_id, side) in (
          select turn_id, side from turn_audio where at_ms < ${endMs} order by at_ms limit ${PAGE_ROWS}
        )`.execute(tx);
      return Number(numAffectedRows);
    };
    return this.database.removeInPages('prune audio', removePage, signal);
  }

  /** Audio of the same millisecond is kept or removed together. */
  async #endOfSurplus(maxBytes: number): Promise<number> {
    const { rows } = await this.database.read('find the end of the audio', (db) =>
      sql<{ readonly last: number | null }>`
        select max(at_ms) as last from (
          select at_ms, sum(bytes) over (order by at_ms desc, turn_id, side) as total from turn_audio
        ) as newest_first where total > ${maxBytes}`.execute(db),
    );
    const last = rows[0]?.last ?? undefined;
    return last === undefined ? 0 : last + 1;
  }

  /** Does nothing, because the database removes audio together with its turn. */
  sweep(): Promise<number> {
    return Promise.resolve(0);
  }
}
