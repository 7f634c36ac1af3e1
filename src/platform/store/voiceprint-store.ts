import type { Database } from './database.js';
import { fromRow, toRow } from './row-mapping.js';
import { MAX_VOICEPRINTS, type VoiceprintRecord, type VoiceprintStore } from './voiceprint-port.js';

export class KyselyVoiceprintStore implements VoiceprintStore {
  constructor(private readonly database: Database) {}

  voiceprints(ids: readonly string[]): Promise<readonly VoiceprintRecord[]> {
    return this.database.read('read voiceprints', async (db) => {
      if (ids.length === 0) return [];
      const rows = await db.selectFrom('voiceprints').selectAll().where('id', 'in', ids).orderBy('id').execute();
      return rows.map((row) => fromRow<VoiceprintRecord>(row, {}));
    });
  }

  count(prefix: string): Promise<number> {
    return this.database.read('count voiceprints', async (db) => {
      const { n } = await db
        .selectFrom('voiceprints')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .where('id', 'like', `${prefix.replaceAll(/[%_\\]/g, '')}%`)
        .executeTakeFirstOrThrow();
      return n;
    });
  }

  keep(record: VoiceprintRecord): Promise<boolean> {
    return this.database.write('keep a voiceprint', async (tx) => {
      await tx.deleteFrom('voiceprints').where('id', '=', record.id).execute();
      const { n } = await tx
        .selectFrom('voiceprints')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      if (n >= MAX_VOICEPRINTS) return false;
      await tx.insertInto('voiceprints').values(toRow(record)).execute();
      return true;
    });
  }

  remove(id: string): Promise<boolean> {
    return this.database.write('remove a voiceprint', async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('voiceprints').where('id', '=', id).executeTakeFirst();
      return Number(numDeletedRows) > 0;
    });
  }
}
