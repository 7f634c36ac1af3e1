import { Libsql, quoted, type LibsqlDatabase } from './libsql.js';
import { runApart } from './libsql-apart.js';
import { storeError } from './store-error.js';

/** How long work beside a running server waits for its transactions. */
const PATIENCE_MS = 30_000;

/**
 * Copies a database, as it is at one moment, into an empty file, while others write to it; off the event loop. With a signal in a process of its own, which the signal
 * ends. Error: `store.failed`, `data.disk_full`.
 */
export async function copyLibsql(file: string, target: string, signal?: AbortSignal): Promise<void> {
  const what = 'copy the database';
  const copy = `vacuum into ${quoted(target)}`;
  if (signal) await runApart({ what, file, patienceMs: PATIENCE_MS, statements: [copy] }, signal);
  else await withDatabase(what, file, (database) => database.exec(copy));
}

/**
 * What is wrong inside the file, in SQLite's words; none: nothing. A file that is no database is one problem. Off the event loop, however large it is; with a signal in a
 * process of its own, which the signal ends.
 */
export async function problemsOfLibsql(file: string, signal?: AbortSignal): Promise<readonly string[]> {
  const what = 'check the database';
  const check = 'select integrity_check as text from pragma_integrity_check';
  try {
    const rows = signal
      ? await runApart({ what, file, patienceMs: PATIENCE_MS, statements: [check] }, signal)
      : await withDatabase(what, file, async (database) => {
          // A pragma alone would run on this thread.
          await database.exec(`create temp table said as ${check}`);
          return (await database.prepare('select text from said')).all([]);
        });
    // It looks at the table that is being filled, too, and finds it unfinished.
    return (rows as readonly { readonly text: string }[])
      .map(({ text }) => text)
      .filter((text) => text !== 'ok' && !text.startsWith('*** in database temp ***'));
  } catch (error) {
    signal?.throwIfAborted();
    const { cause } = storeError(what, error);
    return [cause instanceof Error ? cause.message : String(cause)];
  }
}

/** Rewrites the file without its gaps; writers wait meanwhile, readers do not. With a signal in a process of its own, which the signal ends. */
export async function vacuumLibsql(file: string, signal?: AbortSignal): Promise<void> {
  const what = 'vacuum the database';
  const statements = ['vacuum', 'pragma wal_checkpoint(truncate)'];
  if (signal) await runApart({ what, file, patienceMs: PATIENCE_MS, statements }, signal);
  else {
    await withDatabase(what, file, async (database) => {
      for (const statement of statements) await database.exec(statement);
    });
  }
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
