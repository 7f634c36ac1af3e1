import { sql, type Kysely } from 'kysely';
import { TABLES, type StoreSchema, type TableName } from './schema.js';

export type Row = Readonly<Record<string, unknown>>;

/** With 25 columns, a page stays below the limit of parameters per statement (SQLite 32,766, PostgreSQL 65,535). */
const PAGE_ROWS = 500;

export async function* pagesOf(db: Kysely<StoreSchema>, table: TableName): AsyncGenerator<readonly Row[]> {
  const key = (TABLES.get(table) ?? []).map((column) => sql.ref(column));
  let after: readonly unknown[] | undefined;
  for (;;) {
    const beyond = after === undefined ? sql`` : sql`where (${sql.join(key)}) > (${sql.join(after)})`;
    const { rows } = await sql<Row>`
      select * from ${sql.table(table)} ${beyond} order by ${sql.join(key)} limit ${sql.lit(PAGE_ROWS)}`.execute(db);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    after = (TABLES.get(table) ?? []).map((column) => last[column]);
  }
}

/** Leaves out tables of {@link TABLES} that do not exist in this database. */
export async function columnsOf(db: Kysely<StoreSchema>): Promise<ReadonlyMap<TableName, ReadonlySet<string>>> {
  const found = new Map<TableName, ReadonlySet<string>>();
  for (const { name, columns } of await db.introspection.getTables()) {
    if (TABLES.has(name as TableName)) found.set(name as TableName, new Set(columns.map((column) => column.name)));
  }
  return found;
}

export async function insertRows(db: Kysely<StoreSchema>, table: TableName, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += PAGE_ROWS) {
    await db
      .insertInto(table)
      .values(rows.slice(from, from + PAGE_ROWS))
      .execute();
  }
}

/** `target` must be a transaction. Both databases have the newest schema. Returns the number of rows per table. */
export async function replaceRows(
  source: Kysely<StoreSchema>,
  target: Kysely<StoreSchema>,
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const table of [...TABLES.keys()].toReversed()) await target.deleteFrom(table).execute();
  for (const table of TABLES.keys()) {
    counts[table] = 0;
    for await (const page of pagesOf(source, table)) {
      await insertRows(target, table, page);
      counts[table] += page.length;
    }
  }
  return counts;
}

export async function countRows(db: Kysely<StoreSchema>): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  const existing = await columnsOf(db);
  for (const table of TABLES.keys()) {
    if (!existing.has(table)) continue;
    const { n } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    counts[table] = n;
  }
  return counts;
}
