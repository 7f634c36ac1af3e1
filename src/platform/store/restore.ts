import { rename, stat } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { ChorusError, stampOf } from '../../core/index.js';
import { backupStore, withDatabase } from './backup.js';
import { ensureDataFolder } from './data-folder.js';
import { connect, engineOf, fileOf, shownPlace, type DatabasePlace } from './database-open.js';
import { claimDataFolder } from './folder-claim.js';
import { problemsOfLibsql } from './libsql-file.js';
import { migrate, schemaState } from './migrations.js';
import { lockPostgresWrites, serverSessions } from './postgres.js';
import { replaceRows } from './rows.js';
import type { StoreSchema } from './schema.js';
import { withStagedBackup } from './staged-backup.js';
import { storeWords } from './words.js';

export interface RestoreOptions {
  /** A backup of any engine and kind. */
  readonly source: string;
  readonly wallMs: number;
  readonly keep: number;
}

export interface Restored {
  /** Backup of the previous content, or the damaged database that was moved aside. Undefined for an empty database. */
  readonly keptFile: string | undefined;
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Replaces the whole content in one transaction, and keeps a copy of the old content. Errors: `data.in_use` while a
 * server uses the database, `store.bad_backup`, `store.*`, `data.*`. After an error the content is unchanged, but a
 * damaged database may have been moved aside.
 */
export async function restoreStore(place: DatabasePlace, { source, wallMs, keep }: RestoreOptions): Promise<Restored> {
  await ensureDataFolder(place.dataDir);
  const claim = await claimDataFolder(place.dataDir).catch((error: unknown) => {
    throw error instanceof ChorusError && error.code === 'data.in_use' ? toBeStopped(error) : error;
  });
  try {
    return await withStagedBackup(source, place.dataDir, async (staged) => {
      // This may prune the backup that is being restored, but the backup has already been read completely.
      const keptFile = await keepPresent(place, wallMs, keep);
      const rows = await withDatabase(connect(place), (db) => replace(place, staged, db));
      return { keptFile, rows };
    });
  } finally {
    await claim.release();
  }
}

async function replace(
  place: DatabasePlace,
  staged: Kysely<StoreSchema>,
  db: Kysely<StoreSchema>,
): Promise<Readonly<Record<string, number>>> {
  const postgres = engineOf(place) === 'postgres';
  if (postgres) await refuseServers(place, db);
  await migrate(db);
  return db.transaction().execute(async (tx) => {
    if (postgres) await lockPostgresWrites(tx);
    return replaceRows(staged, tx);
  });
}

/** Servers on other machines have no claim on this data folder, so their database connections are counted. */
async function refuseServers(place: DatabasePlace, db: Kysely<StoreSchema>): Promise<void> {
  const servers = await db.transaction().execute(serverSessions);
  if (servers === 0) return;
  const address = shownPlace(place);
  throw toBeStopped(
    new ChorusError('data.in_use', `another Chorus server uses the database ${address}; stop it first`, {
      details: { folder: address },
    }),
  );
}

/** Replaces the usual remedy, which is another data folder. That remedy would restore another database. */
function toBeStopped({ code, message, details }: ChorusError): ChorusError {
  return new ChorusError(code, message, {
    details,
    remedy: storeWords.stopServer,
  });
}

/** Returns undefined for an empty database. */
async function keepPresent(place: DatabasePlace, wallMs: number, keep: number): Promise<string | undefined> {
  if (engineOf(place) === 'libsql') {
    const file = fileOf(place);
    const size = await stat(file).then(
      (about) => about.size,
      () => 0,
    );
    if (size === 0) return undefined;
    if ((await problemsOfLibsql(file)).length > 0) return putAside(place, wallMs);
  }
  const { at } = await withDatabase(connect(place), (db) => schemaState(db));
  return at === undefined ? undefined : (await backupStore(place, { wallMs, keep: keep + 1 })).file;
}

/** A damaged database can be neither copied nor written, so its files are moved unchanged. */
async function putAside({ dataDir, ...place }: DatabasePlace, wallMs: number): Promise<string> {
  const file = fileOf({ dataDir, ...place });
  const aside = `${file}.damaged.${stampOf(wallMs)}`;
  for (const suffix of ['-wal', '-shm', '']) {
    await rename(file + suffix, aside + suffix).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  return aside;
}
