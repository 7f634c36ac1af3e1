import { sql, type Kysely } from 'kysely';
import {
  noMetrics,
  silentLogger,
  sleep,
  systemClock,
  type Clock,
  type Logger,
  type Metrics,
} from '../../core/index.js';
import { KyselyAgentStore } from './agent-store.js';
import { backupStore, withDatabase } from './backup.js';
import { ensureDataFolder } from './data-folder.js';
import { Database } from './database.js';
import { connect, engineOf, shownPlace, type DatabasePlace } from './database-open.js';
import { KyselyDeviceStore } from './device-store.js';
import { KyselyFirmwareStore } from './firmware-store.js';
import { KyselyHistoryStore } from './history-store.js';
import { migrate, schemaState } from './migrations.js';
import { lockPostgresWrites } from './postgres.js';
import { Reachability } from './reachability.js';
import type { StoreSchema } from './schema.js';
import type { Store } from './store.js';
import { storeError } from './store-error.js';
import { DatabaseUpkeep } from './upkeep.js';

export interface StoreOptions extends DatabasePlace {
  /** How long a write waits for another process's transaction, and a database server's answer is waited for; off the event loop. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Of a database server, connections at a time. Default 5. */
  readonly connections?: number | undefined;
  /** Copies of the database that are kept when one is made before a migration. Default 10. */
  readonly keepBackups?: number | undefined;
  /** How long a database server that is not there yet is waited for. Default: not at all. */
  readonly waitMs?: number | undefined;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly metrics?: Metrics;
}

const DEFAULT_TIMEOUT_MS = 5000;
const DEFAULT_CONNECTIONS = 5;
const DEFAULT_KEEP = 10;
const RETRY_MS = 1000;

/**
 * Opens the database, the embedded one of the data folder unless there is a `url`, and brings it to the newest schema, after it was
 * copied. Errors: `data.not_writable`, `data.disk_full`, `store.*`; nothing stays open after an error.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { clock = systemClock, log = silentLogger, metrics = noMetrics } = options;
  const postgres = engineOf(options) === 'postgres';
  await ensureDataFolder(options.dataDir);
  let db: Kysely<StoreSchema> | undefined;
  try {
    // Of a database server by a connection of its own, whose statements may take as long as they need.
    if (postgres)
      await patiently(options, clock, log, () =>
        withDatabase(connect(options), (own) => upgrade(own, options, clock, log)),
      );
    db = await connect(options, {
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      connections: options.connections ?? DEFAULT_CONNECTIONS,
      onLost: () => reachability.doubt(),
    });
    if (!postgres) await upgrade(db, options, clock, log);
  } catch (error) {
    await db?.destroy();
    throw storeError(`open the database ${shownPlace(options)}`, error);
  }
  const database = new Database({
    engine: engineOf(options),
    db,
    ...(postgres && { lockWrites: lockPostgresWrites, onOutcome: (error: unknown) => reachability.note(error) }),
  });
  const ping = (): Promise<void> =>
    database.read('reach the database', async (one) => void (await sql`select 1`.execute(one)));
  const reachability: Reachability = new Reachability({ clock, log, metrics, ping: postgres ? ping : undefined });
  return Object.assign(new KyselyDeviceStore(database), {
    firmware: new KyselyFirmwareStore(database),
    agents: new KyselyAgentStore(database),
    history: new KyselyHistoryStore(database),
    upkeep: new DatabaseUpkeep(database, options, clock),
    reachability,
  });
}

/** A machine that boots starts us before its database, perhaps. */
async function patiently(options: StoreOptions, clock: Clock, log: Logger, work: () => Promise<void>): Promise<void> {
  const until = clock.nowMs() + (options.waitMs ?? 0);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const { code, message } = storeError('open the database', error);
      if (code !== 'store.unreachable' || clock.nowMs() >= until) throw error;
      log.warn('the database is waited for', { reason: message });
      await sleep(clock, RETRY_MS);
    }
  }
}

async function upgrade(db: Kysely<StoreSchema>, options: StoreOptions, clock: Clock, log: Logger): Promise<void> {
  const { at, pending } = await schemaState(db);
  if (at !== undefined && pending.length > 0) {
    const { file } = await backupStore(options, { wallMs: clock.wallMs(), keep: options.keepBackups ?? DEFAULT_KEEP });
    log.info('the database is brought to a newer schema; it was copied before', { from: at, to: pending.at(-1), file });
  }
  await migrate(db);
}
