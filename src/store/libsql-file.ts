import { Libsql, quoted, type LibsqlDatabase } from './libsql.js';
import { storeError } from './store-error.js';

/** How long work beside a running server waits for its transactions. */
const PATIENCE_MS = 30_000;

/**
 * Copies a database, as it is at one moment, into an empty file, while others write to it; off the event loop. Error: `store.failed`, `data.disk_full`.
 */
export function copyLibsql(file: string, target: string): Promise<void> {
  return withDatabase('copy the database', file, (database) => database.exec(`vacuum into ${quoted(target)}`));
}

/** What is wrong inside the file, in SQLite's words; none: nothing. A file that is no database is one problem. Off the event loop, however large it is. */
export async function problemsOfLibsql(file: string): Promise<readonly string[]> {
  try {
    return await withDatabase('check the database', file, async (database) => {
      // A pragma alone would run on this thread.
      await database.exec('create temp table said as select integrity_check as text from pragma_integrity_check');
      const rows = (await (await database.prepare('select text from said')).all([])) as { readonly text: string }[];
      // It looks at the table that is being filled, too, and finds it unfinished.
      return rows.map(({ text }) => text).filter((text) => text !== 'ok' && !text.startsWith('*** in database temp ***'));
    });
  } catch (error) {
    const { cause } = storeError('check the database', error);
    return [cause instanceof Error ? cause.message : String(cause)];
  }
}

/** Rewrites the file without its gaps; writers wait meanwhile, readers do not. */
export function vacuumLibsql(file: string): Promise<void> {
  return withDatabase('vacuum the database', file, async (database) => {
    await database.exec('vacuum');
    await database.exec('pragma wal_checkpoint(truncate)');
  });
}

async function withDatabase<T>(what: string, file: string, work: (database: LibsqlDatabase) => Promise<T>): Promise<T> {
  let database: LibsqlDatabase | undefined;
  try {
    database = new Libsql(file, { timeout: PATIENCE_MS });
    return await work(database);
  } catch (error) {
    throw storeError(what, error);
  } finally {
    database?.close();
  }
}
