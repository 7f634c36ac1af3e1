import { sql } from 'kysely';
import type { Clock } from '../../core/index.js';
import { backupStore, withDatabase } from './backup.js';
import { bytesOf, checkStore } from './check.js';
import type { Database } from './database.js';
import { connectForUpkeep, engineOf, fileOf, type DatabasePlace } from './database-open.js';
import { problemsOfLibsql, vacuumLibsql } from './libsql-file.js';
import { TABLES } from './schema.js';
import type { StoreBackup, StoreUpkeep } from './maintenance-store-port.js';

/**
 * Turns that are removed in one transaction: others wait only so long, and in the embedded database the statement runs on this thread (2000 held it for 55 ms,
 * 250 for 20, at a load of 2 on 2 cores).
 */
const PRUNE_ROWS = 250;

/** The {@link StoreUpkeep} of an open store. What takes long has a connection of its own, in the embedded database a process, so that nobody waits for it and the signal ends it. */
export class DatabaseUpkeep implements StoreUpkeep {
  constructor(
    private readonly database: Database,
    private readonly place: DatabasePlace,
    private readonly clock: Clock,
  ) {}

  async check(signal?: AbortSignal): Promise<readonly string[]> {
    // Rows of the embedded database would be counted on this thread, and tell nothing that this does not.
    if (engineOf(this.place) === 'libsql') return problemsOfLibsql(fileOf(this.place), signal);
    return (await checkStore(this.place, signal)).problems;
  }

  backup(keep: number, signal?: AbortSignal): Promise<StoreBackup> {
    return backupStore(this.place, { wallMs: this.clock.wallMs(), keep, signal });
  }

  async pruneHistory(beforeMs: number, signal?: AbortSignal): Promise<number> {
    let removed = 0;
    for (;;) {
      signal?.throwIfAborted();
      const n = await this.database.write('prune the history', async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom('turns')
          .where('id', 'in', (e) =>
            e.selectFrom('turns').select('id').where('at_ms', '<', beforeMs).orderBy('at_ms').limit(PRUNE_ROWS),
          )
          .executeTakeFirst();
        return Number(numDeletedRows);
      });
      removed += n;
      if (n < PRUNE_ROWS) return removed;
    }
  }

  async vacuum(
    signal?: AbortSignal,
  ): Promise<{ readonly beforeBytes: number | undefined; readonly afterBytes: number | undefined }> {
    const beforeBytes = await bytesOf(this.place);
    if (engineOf(this.place) === 'libsql') await vacuumLibsql(fileOf(this.place), signal);
    // What is gone is given back to the table by the server itself; `full` would lock everybody out.
    else
      await withDatabase(connectForUpkeep(this.place, signal), (db) =>
        sql`vacuum (analyze) ${sql.join([...TABLES.keys()].map((table) => sql.table(table)))}`.execute(db),
      );
    return { beforeBytes, afterBytes: await bytesOf(this.place) };
  }
}
