import { join } from 'node:path';
import { Kysely } from 'kysely';
import { KyselyAgentStore } from './agent-store.js';
import { ensureDataFolder } from './data-folder.js';
import { Database } from './database.js';
import { KyselyDeviceStore } from './device-store.js';
import { KyselyFirmwareStore } from './firmware-store.js';
import { KyselyHistoryStore } from './history-store.js';
import { LibsqlDialect } from './libsql-dialect.js';
import { migrate } from './migrations.js';
import type { StoreSchema } from './schema.js';
import { storeError } from './store-error.js';
import type { Store } from './store.js';

export interface StoreOptions {
  /** The folder of everything that Chorus keeps; created when missing. */
  readonly dataDir: string;
  /** How long a write waits for another process's transaction; off the event loop. Default 5000. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens (creating and migrating it as needed) the embedded database `chorus.db` in the data folder. Errors:
 * `data.not_writable`, `data.disk_full`, `store.failed`; nothing stays open after an error.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  await ensureDataFolder(options.dataDir);
  const file = join(options.dataDir, 'chorus.db');
  let db: Kysely<StoreSchema> | undefined;
  try {
    const dialect = await LibsqlDialect.open(file, { busyTimeoutMs: options.busyTimeoutMs ?? 5000 });
    db = new Kysely<StoreSchema>({ dialect });
    await migrate(db);
  } catch (error) {
    await db?.destroy();
    throw storeError(`open the database ${file}`, error);
  }
  const database = new Database({ engine: 'libsql', db });
  return Object.assign(new KyselyDeviceStore(database), { firmware: new KyselyFirmwareStore(database), agents: new KyselyAgentStore(database), history: new KyselyHistoryStore(database) });
}
