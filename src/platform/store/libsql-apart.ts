import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { execPath } from 'node:process';
import { promisify } from 'node:util';
import { storeError } from './store-error.js';

/** The driver without promises: nothing else is done in that process, which gives way to those who talk. Prints the rows of the last statement, where it has any. */
const SCRIPT = `
const [driver, file, timeout, ...statements] = process.argv.slice(1);
const last = statements.pop();
let said;
// Meant for the server, which ends this process itself, at once.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
try {
  try { require('node:os').setPriority(10); } catch {}
  const database = new (require(driver))(file, { timeout: Number(timeout) });
  for (const sql of statements) database.exec(sql);
  if (/^select /.test(last)) said = { rows: database.prepare(last).all() };
  else { database.exec(last); said = { rows: [] }; }
  database.close();
} catch (error) {
  said = { error: { code: error.code, message: error.message } };
}
process.stdout.write(JSON.stringify(said));
`;
const DRIVER = createRequire(import.meta.url).resolve('libsql');
/** Far beyond the hundred lines that an integrity check says at most. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const run = promisify(execFile);

export interface ApartOptions {
  /** For the message of an error: "cannot ...". */
  readonly what: string;
  readonly file: string;
  /** How long a statement waits for another process's transaction. */
  readonly patienceMs: number;
  readonly statements: readonly string[];
}

/**
 * Runs statements in a process of their own, which the signal kills: a statement of libsql cannot be interrupted in this one (`interrupt` waits for its
 * end, and holds the event loop meanwhile), and would keep the process from ending. Nobody has the files open any more when it is over. Resolves with the rows of the last
 * statement. Errors: `store.*`, `data.disk_full`.
 */
export async function runApart(
  { what, file, patienceMs, statements }: ApartOptions,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  try {
    const running = run(execPath, ['-e', SCRIPT, DRIVER, file, String(patienceMs), ...statements], {
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
    const said = JSON.parse(stdout) as
      | { readonly rows: readonly unknown[] }
      | { readonly error: { readonly code?: string; readonly message: string } };
    if ('rows' in said) return said.rows;
    throw Object.assign(new Error(said.error.message), { code: said.error.code });
  } catch (error) {
    throw storeError(what, error);
  }
}
