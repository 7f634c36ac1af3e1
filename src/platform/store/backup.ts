import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pid } from 'node:process';
import type { Kysely } from 'kysely';
import { backupFolder, keepStoreBackup, writeStoreBackup, type BackupKind } from './backup-files.js';
import { connectForUpkeep, engineOf, fileOf, openFile, type DatabasePlace } from './database-open.js';
import { copyLibsql } from './libsql-file.js';
import { schemaState } from './migrations.js';
import { writePortable } from './portable.js';
import type { StoreSchema } from './schema.js';
import { storeError } from './store-error.js';
import type { StoreBackup } from './store-port.js';

export interface BackupOptions {
  readonly wallMs: number;
  /** Number of copies to keep in `backups/`. Older copies are removed. */
  readonly keep: number;
  /** Default `db` for the embedded database. PostgreSQL supports only `jsonl`. */
  readonly kind?: BackupKind | undefined;
  /** Path of the copy. By default a new file in `backups/`. */
  readonly out?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Takes a consistent copy while servers write. Errors: `store.*`, `data.*`. */
export async function backupStore(
  place: DatabasePlace,
  { wallMs, keep, kind, out, signal }: BackupOptions,
): Promise<StoreBackup> {
  const chosen = engineOf(place) === 'postgres' ? 'jsonl' : (kind ?? 'db');
  const write = (file: string): Promise<void> =>
    chosen === 'db' ? copyLibsql(fileOf(place), file, signal) : exportRows(place, wallMs, file, signal);
  return out === undefined
    ? keepStoreBackup(backupFolder(place.dataDir), { kind: chosen, wallMs, keep, write })
    : writeStoreBackup(out, write);
}

async function exportRows(
  place: DatabasePlace,
  wallMs: number,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (engineOf(place) === 'postgres') {
    return withDatabase(connectForUpkeep(place, signal), (db) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((tx) => writeRows(tx, wallMs, file, signal)),
    );
  }
  // Exports from a copy, because a transaction on the embedded database would block a running server meanwhile.
  const copy = join(dirname(file), `.chorus.copy.${pid}.tmp`);
  try {
    await (await open(copy, 'w', 0o600)).close();
    await copyLibsql(fileOf(place), copy, signal);
    await withDatabase(openFile(copy, { busyTimeoutMs: 0, journal: 'memory' }), (db) =>
      writeRows(db, wallMs, file, signal),
    );
  } finally {
    await rm(copy, { force: true });
  }
}

async function writeRows(
  db: Kysely<StoreSchema>,
  wallMs: number,
  file: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { at } = await schemaState(db);
  await writePortable(db, at ?? '', wallMs, file, signal);
}

/** Every error is a ChorusError. */
export async function withDatabase<T>(
  opening: Promise<Kysely<StoreSchema>>,
  work: (db: Kysely<StoreSchema>) => Promise<T>,
): Promise<T> {
  let db: Kysely<StoreSchema> | undefined;
  try {
    db = await opening;
    return await work(db);
  } catch (error) {
    throw storeError('use the database', error);
  } finally {
    await db?.destroy();
  }
}
