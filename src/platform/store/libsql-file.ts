import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { Libsql, quoted, type LibsqlDatabase } from './libsql.js';
import { storeError } from './store-error.js';

/** Runs the statements at low priority, and prints the rows of the last one. */
const SCRIPT = `
const [driver, file, timeout, ...statements] = process.argv.slice(1);
const last = statements.pop();
let answer;
// Signals to the process group are for the server, which kills this process itself.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
try {
  try { require('node:os').setPriority(10); } catch {}
  const database = new (require(driver))(file, { timeout: Number(timeout) });
  for (const sql of statements) database.exec(sql);
  if (/^select /.test(last)) answer = { rows: database.prepare(last).all() };
  else { database.exec(last); answer = { rows: [] }; }
  database.close();
} catch (error) {
  answer = { error: { code: error.code, message: error.message } };
}
process.stdout.write(JSON.stringify(answer));
`;
const DRIVER = createRequire(import.meta.url).resolve('libsql');
/** Far above the hundred lines of an integrity check. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const run = promisify(execFile);
const BUSY_TIMEOUT_MS = 30_000;

/** Copies a consistent state while others write. The signal ends the copy. Errors: `store.failed`, `data.disk_full`. */
export async function copyLibsql(file: string, target: string, signal?: AbortSignal): Promise<void> {
  const what = 'copy the database';
  const copy = `vacuum into ${quoted(target)}`;
  if (signal) await runInHelper({ what, file, statements: [copy] }, signal);
  else await withDatabase(what, file, (database) => database.exec(copy));
}

/** Returns SQLite's descriptions of damage. A file that is no database is one problem. The signal ends the check. */
export async function problemsOfLibsql(file: string, signal?: AbortSignal): Promise<readonly string[]> {
  const what = 'check the database';
  const check = 'select integrity_check as text from pragma_integrity_check';
  try {
    const rows = signal
      ? await runInHelper({ what, file, statements: [check] }, signal)
      : await withDatabase(what, file, async (database) => {
          // The check is part of a `create table`, because libsql would run a plain `select` on this thread.
          await database.exec(`create temp table found as ${check}`);
          return (await database.prepare('select text from found')).all([]);
        });
    // The check also reports its own temporary table as incomplete, which is no damage.
    return (rows as readonly { readonly text: string }[])
      .map(({ text }) => text)
      .filter((text) => text !== 'ok' && !text.startsWith('*** in database temp ***'));
  } catch (error) {
    signal?.throwIfAborted();
    const { cause } = storeError(what, error);
    return [cause instanceof Error ? cause.message : String(cause)];
  }
}

/** Rewrites the file without gaps. Writers wait, readers do not. */
export async function vacuumLibsql(file: string, signal?: AbortSignal): Promise<void> {
  const what = 'vacuum the database';
  const statements = ['vacuum', 'pragma wal_checkpoint(truncate)'];
  if (signal) await runInHelper({ what, file, statements }, signal);
  else {
    await withDatabase(what, file, async (database) => {
      for (const statement of statements) await database.exec(statement);
    });
  }
}

interface HelperOptions {
  readonly what: string;
  readonly file: string;
  readonly statements: readonly string[];
}

/**
 * Runs statements in a helper process, because libsql's `interrupt` blocks the event loop until the statement ends. The
 * files are closed when the result settles. Errors: `store.*`, `data.disk_full`.
 */
async function runInHelper(
  { what, file, statements }: HelperOptions,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  try {
    const running = run(execPath, ['-e', SCRIPT, DRIVER, file, String(BUSY_TIMEOUT_MS), ...statements], {
      signal,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_ANSWER_BYTES,
      windowsHide: true,
    });
    const { child } = running;
    const { stdout } = await running.catch(async (error: unknown) => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      throw error;
    });
    const answer = JSON.parse(stdout) as
      | { readonly rows: readonly unknown[] }
      | { readonly error: { readonly code?: string; readonly message: string } };
    if ('rows' in answer) return answer.rows;
    throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
  } catch (error) {
    throw storeError(what, error);
  }
}

async function withDatabase<T>(what: string, file: string, work: (database: LibsqlDatabase) => Promise<T>): Promise<T> {
  let database: LibsqlDatabase | undefined;
  try {
    database = new Libsql(file, { timeout: BUSY_TIMEOUT_MS });
    return await work(database);
  } catch (error) {
    throw storeError(what, error);
  } finally {
    database?.close();
  }
}
