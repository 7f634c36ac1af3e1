import { rename, stat } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { ChorusError } from '../../core/index.js';
import { backupStore, withDatabase } from './backup.js';
import { stampOf } from './backup-files.js';
import { ensureDataFolder } from './data-folder.js';
import { connect, engineOf, fileOf, shownPlace, type DatabasePlace } from './database-open.js';
import { claimDataFolder } from './folder-claim.js';
import { problemsOfLibsql } from './libsql-file.js';
import { migrate, schemaState } from './migrations.js';
import { lockPostgresWrites, serverSessions } from './postgres.js';
import { replaceRows } from './rows.js';
import type { StoreSchema } from './schema.js';
import { withStagedBackup } from './staged-backup.js';

export interface RestoreOptions {
  /** A backup of whatever database, of either kind. */
  readonly source: string;
  readonly wallMs: number;
  /** Copies in `backups/` that are kept. */
  readonly keep: number;
}

export interface Restored {
  /** Where that is which was there before; undefined: nothing was. */
  readonly keptFile: string | undefined;
  /** By table. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Puts a backup in the place of all that is in the database, in one transaction: whenever this is killed, there is the old content or the
 * new one. The backup is looked through first, and what was there is kept. Errors: `data.in_use` while a server uses the database,
 * `store.bad_backup`, `store.*`, `data.*`; after any of them nothing has changed.
 */
export async function restoreStore(place: DatabasePlace, { source, wallMs, keep }: RestoreOptions): Promise<Restored> {
  await ensureDataFolder(place.dataDir);
  const claim = await claimDataFolder(place.dataDir);
  try {
    return await withStagedBackup(source, place.dataDir, async (staged) => {
      // Pruning must not take the copy that is being restored: it is kept open by nobody, but it has been read whole by now.
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

/** Servers of other machines have no claim on this data folder. Error: `data.in_use`. */
async function refuseServers(place: DatabasePlace, db: Kysely<StoreSchema>): Promise<void> {
  const servers = await db.transaction().execute(serverSessions);
  if (servers === 0) return;
  const address = shownPlace(place);
  throw new ChorusError('data.in_use', `another Chorus server uses the database ${address}; stop it first`, {
    details: { folder: address },
  });
}

/** Undefined: there is nothing to keep. */
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

/** A damaged database cannot be copied, nor written to: its files are moved as they are, the one with the name last. */
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
