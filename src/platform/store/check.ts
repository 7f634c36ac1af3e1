import { stat } from 'node:fs/promises';
import { sql } from 'kysely';
import { asChorusError } from '../../core/index.js';
import { withDatabase } from './backup.js';
import type { Engine } from './database.js';
import { connectForUpkeep, engineOf, fileOf, shownPlace, type DatabasePlace } from './database-open.js';
import { problemsOfLibsql } from './libsql-file.js';
import { schemaState } from './migrations.js';
import { countRows } from './rows.js';

export interface StoreCheck {
  readonly engine: Engine;
  /** The database file, or the address without user and password. */
  readonly place: string;
  /** One sentence per problem. */
  readonly problems: readonly string[];
  /** Migrations that the next server start will run. */
  readonly pending: readonly string[];
  /** The newest migration in the database. Undefined for a missing, empty or damaged database. */
  readonly schema: string | undefined;
  readonly bytes: number | undefined;
  readonly rows: Readonly<Record<string, number>>;
}

/** Disturbs no running server. Damage is reported as a problem. Errors: `store.unreachable`, `store.refused`. */
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

/** Size on disk. Returns undefined if the database does not exist yet. */
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
