import type { Database } from './database.js';
import type { ToolDataStore, ToolDatum } from './tool-data-port.js';

export class KyselyToolDataStore implements ToolDataStore {
  constructor(private readonly database: Database) {}

  all(tool: string, owner: string): Promise<readonly ToolDatum[]> {
    return this.database.read('read what a tool keeps', async (db) => {
      const rows = await db
        .selectFrom('tool_data')
        .select(['key', 'value', 'changed_ms'])
        .where('tool', '=', tool)
        .where('owner', '=', owner)
        .orderBy('changed_ms')
        .orderBy('key')
        .execute();
      return rows.map(({ key, value, changed_ms: changedMs }) => ({ key, value, changedMs }));
    });
  }

  put(tool: string, owner: string, { key, value, changedMs }: ToolDatum, most: number): Promise<boolean> {
    return this.database.write('keep what a tool keeps', async (tx) => {
      const { n } = await tx
        .selectFrom('tool_data')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .where('tool', '=', tool)
        .where('owner', '=', owner)
        .where('key', '!=', key)
        .executeTakeFirstOrThrow();
      if (n >= most) return false;
      await tx
        .insertInto('tool_data')
        .values({ tool, owner, key, value, changed_ms: changedMs })
        .onConflict((c) => c.columns(['tool', 'owner', 'key']).doUpdateSet({ value, changed_ms: changedMs }))
        .execute();
      return true;
    });
  }

  remove(tool: string, owner: string, keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return Promise.resolve(0);
    return this.database.write('remove what a tool keeps', async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('tool_data')
        .where('tool', '=', tool)
        .where('owner', '=', owner)
        .where('key', 'in', keys)
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }
}
