import type { Database } from './database.js';
import { MAX_PEOPLE, type PeopleStore, type PersonRecord } from './people-port.js';
import { fromRow, toRow } from './row-mapping.js';

export class KyselyPeopleStore implements PeopleStore {
  constructor(private readonly database: Database) {}

  people(): Promise<readonly PersonRecord[]> {
    return this.database.read('read the known voices', async (db) => {
      const rows = await db.selectFrom('people').selectAll().orderBy('name').orderBy('id').execute();
      return rows.map((row) => fromRow<PersonRecord>(row, {}));
    });
  }

  keep(person: PersonRecord): Promise<boolean> {
    return this.database.write('keep a known voice', async (tx) => {
      const { n } = await tx
        .selectFrom('people')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      if (n >= MAX_PEOPLE) return false;
      await tx.insertInto('people').values(toRow(person)).execute();
      return true;
    });
  }

  rename(id: string, name: string): Promise<boolean> {
    return this.database.write('rename a known voice', async (tx) => {
      const { numUpdatedRows } = await tx.updateTable('people').set({ name }).where('id', '=', id).executeTakeFirst();
      return Number(numUpdatedRows) > 0;
    });
  }

  remove(id: string): Promise<boolean> {
    return this.database.write('remove a known voice', async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('people').where('id', '=', id).executeTakeFirst();
      return Number(numDeletedRows) > 0;
    });
  }
}
