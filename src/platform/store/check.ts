import { stat } from 'node:fs/promises';
import { sql } from 'kysely';
import { asChorusError } from '../../core/index.js';
import { withDatabase } from './backup.js';
import type { Engine } from './database.js';
import { connectForUpkeep, engineOf, fileOf, shownPlace, type DatabasePlace } from './database-open.js';
import { problemsOfLibsql } from './libsql-file.js';
import { schemaState } from './migrations.js';
import { countRows } from './rows.js';

/** What is to be said of a database. */
export interface StoreCheck {
  readonly engine: Engine;
  /** Its file, or its address without user and password. */
  readonly place: string;
  /** One sentence each; none: all is well. */
  readonly problems: readonly string[];
  /** Migrations that the next start of the server will run. */
  readonly pending: readonly string[];
  /** The last migration that was run; undefined: it is empty. */
  readonly schema: string | undefined;
  readonly bytes: number | undefined;
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Looks through the whole database without changing it; a running server is not disturbed. The signal ends it. Errors: `store.unreachable`, `store.refused`; what is wrong
 * inside is a problem, no error.
 */
export async function checkStore(place: DatabasePlace, signal?: AbortSignal): Promise<StoreCheck> {
  const base = { engine: engineOf(place), place: shownPlace(place) };
  const nothing = { pending: [], schema: undefined, rows: {} };
  const bytes = await bytesOf(place);
  if (base.engine === 'libsql') {
    if (bytes === undefined) return { ...base, ...nothing, bytes, problems: [] };
    const problems = await problemsOfLibsql(fileOf(place), signal);
    if (problems.length > 0) return { ...base, ...nothing, bytes, problems };
  }
  return withDatabase(connectForUpkeep(place, signal), async (db) => {
    const { at: schema, pending } = await schemaState(db);
    try {
      return { ...base, problems: [], pending, schema, bytes, rows: schema === undefined ? {} : await countRows(db) };
    } catch (error) {
      signal?.throwIfAborted();
      return { ...base, ...nothing, bytes, problems: [asChorusError(error).message] };
    }
  });
}

/** What the database takes on its disk; undefined: there is none yet. */
export async function bytesOf(place: DatabasePlace): Promise<number | undefined> {
  if (engineOf(place) === 'libsql') {
    let bytes: number | undefined;
    for (const suffix of ['', '-wal']) {
      const size = await stat(fileOf(place) + suffix).then(
        (about) => about.size,
        () => undefined,
      );
      if (size !== undefined) bytes = (bytes ?? 0) + size;
    }
    return bytes;
  }
  return withDatabase(connectForUpkeep(place), async (db) => {
    const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db);
    return rows[0]?.bytes;
  });
}
