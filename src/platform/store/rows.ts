import { sql, type Kysely } from 'kysely';
import { TABLES, type StoreSchema, type TableName } from './schema.js';

/** A row of a database: texts, numbers and null. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Number of rows per page. With 25 columns, a page stays well below the maximum number of parameters per statement
 * (SQLite 32,766, PostgreSQL 65,535).
 */
const PAGE_ROWS = 500;

/** Yields the rows of a table in pages, in the order of its key. */
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

/** The tables of {@link TABLES} that exist in this database, with their columns. */
export async function columnsOf(db: Kysely<StoreSchema>): Promise<ReadonlyMap<TableName, ReadonlySet<string>>> {
  const found = new Map<TableName, ReadonlySet<string>>();
  for (const { name, columns } of await db.introspection.getTables()) {
    if (TABLES.has(name as TableName)) found.set(name as TableName, new Set(columns.map((column) => column.name)));
  }
  return found;
}

/** Adds rows, in pages. */
export async function insertRows(db: Kysely<StoreSchema>, table: TableName, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += PAGE_ROWS) {
    await db
      .insertInto(table)
      .values(rows.slice(from, from + PAGE_ROWS))
      .execute();
  }
}

/**
 * Replaces all rows of `target` by those of `source`, within the transaction of `target`. Both have the newest schema.
 * Resolves with the number of rows per table.
 */
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

/** Number of rows per table. */
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
