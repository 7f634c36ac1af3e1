import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import { columnsOf, insertRows, pagesOf, type Row } from './rows.js';
import { TABLES, type StoreSchema, type TableName } from './schema.js';

/**
 * The first line of the file. Each row follows as `[table, row]`. The last line has the number of rows and a SHA-256,
 * which reveals a damaged file.
 */
const header = z.strictObject({
  chorus: z.literal('store'),
  format: z.literal(1),
  schema: z.string(),
  createdMs: z.number(),
});
const line = z.tuple([z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.null()]))]);
const trailer = z.strictObject({ rows: z.int(), sha256: z.string() });

/** `db` should be a transaction, so that the file is consistent. Rejects with the signal's reason. */
export async function writePortable(
  db: Kysely<StoreSchema>,
  schema: string,
  createdMs: number,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  const hash = createHash('sha256');
  const put = async (text: string): Promise<void> => {
    hash.update(text);
    await handle.writeFile(text);
  };
  try {
    await put(
      `${JSON.stringify({ chorus: 'store', format: 1, schema, createdMs } satisfies z.input<typeof header>)}\n`,
    );
    let rows = 0;
    const existing = await columnsOf(db);
    for (const table of TABLES.keys()) {
      if (!existing.has(table)) continue;
      for await (const page of pagesOf(db, table)) {
        signal?.throwIfAborted();
        rows += page.length;
        await put(page.map((row) => `${JSON.stringify([table, row])}\n`).join(''));
      }
    }
    await handle.writeFile(
      `${JSON.stringify({ rows, sha256: hash.digest('hex') } satisfies z.input<typeof trailer>)}\n`,
    );
  } finally {
    await handle.close();
  }
}

/** Checks the whole file and returns its schema. Error: `store.bad_backup`. */
export async function checkPortable(file: string): Promise<string> {
  const hash = createHash('sha256');
  let schema: string | undefined;
  let rows = 0;
  let last: string | undefined;
  for await (const text of linesOf(file)) {
    if (last !== undefined) {
      if (schema === undefined) schema = parsed(header, last, file).schema;
      else {
        parsed(line, last, file);
        rows += 1;
      }
      hash.update(`${last}\n`);
    }
    last = text;
  }
  const end = parsed(trailer, last ?? '', file);
  if (schema === undefined || end.rows !== rows || end.sha256 !== hash.digest('hex'))
    throw badBackup(file, 'it was cut off or changed');
  return schema;
}

/** Adds the rows of a checked file to an empty database with the same schema. Error: `store.bad_backup`. */
export async function readPortable(file: string, db: Kysely<StoreSchema>): Promise<void> {
  const existing = await columnsOf(db);
  let table: TableName | undefined;
  let page: Row[] = [];
  const flush = async (): Promise<void> => {
    if (table !== undefined) await insertRows(db, table, page);
    page = [];
  };
  for await (const text of linesOf(file)) {
    const row = line.safeParse(JSON.parse(text));
    if (!row.success) continue; // The header or last line. `checkPortable` has checked the rest.
    const [name, values] = row.data;
    const columns = existing.get(name as TableName);
    if (!columns || Object.keys(values).some((column) => !columns.has(column)))
      throw badBackup(file, `its rows of ${name} do not fit`);
    if (name !== table || page.length >= 500) await flush();
    table = name as TableName;
    page.push(values);
  }
  await flush();
}

export function badBackup(file: string, why: string, cause?: unknown): ChorusError {
  return new ChorusError('store.bad_backup', `${file} cannot be restored: ${why}`, { cause, details: { file } });
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = createReadStream(file, 'utf8');
  try {
    yield* splitLines(input);
  } finally {
    input.destroy();
  }
}

/** Not `readline`, which since Node 24 also ends a line at U+2028 and U+2029. JSON holds both unescaped. */
export async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    // Only the new part is searched, because a row may be as long as many chunks.
    const lines = chunk.split('\n');
    lines[0] = `${rest}${lines[0] ?? ''}`;
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest !== '') yield rest;
}

function parsed<T extends z.ZodType>(schema: T, text: string, file: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw badBackup(file, 'it is no backup of the database, or is damaged', error);
  }
}
