import { sql } from 'kysely';
import type { Clock } from '../../core/index.js';
import type { AudioLimits, AudioStore } from './audio-port.js';
import { backupStore, withDatabase } from './backup.js';
import { bytesOf, checkStore } from './check.js';
import { PAGE_ROWS, type Database, type Tx } from './database.js';
import { connectForUpkeep, engineOf, fileOf, type DatabasePlace } from './database-open.js';
import { problemsOfLibsql, vacuumLibsql } from './libsql-file.js';
import { TABLES } from './schema.js';
import type { StoreBackup, StoreUpkeep } from './store-port.js';

/** Check, backup and vacuum use their own connection or process, so the signal can end them. */
export class DatabaseUpkeep implements StoreUpkeep {
  constructor(
    private readonly database: Database,
    private readonly place: DatabasePlace,
    private readonly clock: Clock,
    private readonly audio: AudioStore,
  ) {}

  async check(signal?: AbortSignal): Promise<readonly string[]> {
    // `checkStore` would also count the rows, on this thread.
    if (engineOf(this.place) === 'libsql') return problemsOfLibsql(fileOf(this.place), signal);
    return (await checkStore(this.place, signal)).problems;
  }

  backup(keep: number, signal?: AbortSignal): Promise<StoreBackup> {
    return backupStore(this.place, { wallMs: this.clock.wallMs(), keep, signal });
  }

  async pruneHistory(beforeMs: number, signal?: AbortSignal, keepTurns?: number): Promise<number> {
    const endMs = Math.max(beforeMs, keepTurns === undefined ? beforeMs : await this.#endOfSurplus(keepTurns));
    const removePage = async (tx: Tx): Promise<number> => {
      const { numDeletedRows } = await tx
        .deleteFrom('turns')
        .where('id', 'in', (e) =>
          e.selectFrom('turns').select('id').where('at_ms', '<', endMs).orderBy('at_ms').limit(PAGE_ROWS),
        )
        .executeTakeFirst();
      return Number(numDeletedRows);
    };
    return this.database.removeInPages('prune the history', removePage, signal);
  }

  async pruneAudio(limits: AudioLimits, signal?: AbortSignal): Promise<number> {
    return (await this.audio.sweep({}, signal)) + (await this.audio.prune(limits, signal));
  }

  /** Turns of the same millisecond are kept or removed together. */
  async #endOfSurplus(keepTurns: number): Promise<number> {
    const last = await this.database.read('find the end of the history', (db) =>
      db.selectFrom('turns').select('at_ms').orderBy('at_ms', 'desc').offset(keepTurns).limit(1).executeTakeFirst(),
    );
    return last === undefined ? 0 : last.at_ms + 1;
  }

  async vacuum(
    signal?: AbortSignal,
  ): Promise<{ readonly beforeBytes: number | undefined; readonly afterBytes: number | undefined }> {
    const beforeBytes = await bytesOf(this.place);
    if (engineOf(this.place) === 'libsql') await vacuumLibsql(fileOf(this.place), signal);
    // A plain vacuum makes the space reusable. A full vacuum would lock out all readers and writers.
    else
      await withDatabase(connectForUpkeep(this.place, signal), (db) =>
        sql`vacuum (analyze) ${sql.join([...TABLES.keys(), 'turn_audio'].map((table) => sql.table(table)))}`.execute(
          db,
        ),
      );
    return { beforeBytes, afterBytes: await bytesOf(this.place) };
  }
}
