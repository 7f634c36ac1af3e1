import { join } from 'node:path';
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
import { AudioFolder } from './audio-folder.js';
import { AudioTable } from './audio-table.js';
import { KyselyAgentStore } from './agent-store.js';
import { backupStore, withDatabase } from './backup.js';
import { ensureDataFolder } from './data-folder.js';
import { Database } from './database.js';
import { connect, engineOf, shownPlace, type DatabasePlace } from './database-open.js';
import { KyselyDeviceStore } from './device-store.js';
import { KyselyFirmwareStore } from './firmware-store.js';
import { KyselyHistoryStore } from './history-store.js';
import { KyselyKnowledgeStore } from './knowledge-store.js';
import { KyselyPeopleStore } from './people-store.js';
import { KyselyVoiceprintStore } from './voiceprint-store.js';
import { KyselyMemoryStore } from './memory-store.js';
import { KyselyNoticeStore } from './notice-store.js';
import { KyselyToolDataStore } from './tool-data-store.js';
import { migrate, schemaState } from './migrations.js';
import { lockPostgresWrites } from './postgres.js';
import { Reachability } from './reachability.js';
import type { StoreSchema } from './schema.js';
import type { Store } from './store-port.js';
import { storeError } from './store-error.js';
import { KyselySpendingStore } from './spending-store.js';
import { KyselyTalkDayStore } from './talk-day-store.js';
import { DatabaseUpkeep } from './upkeep.js';

export interface StoreOptions extends DatabasePlace {
  /** Longest wait for another process's transaction, or for a database server's answer. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Maximum number of connections to PostgreSQL. Default 5. */
  readonly connections?: number | undefined;
  /** Number of backups to keep when a migration makes a backup. Default 10. */
  readonly keepBackups?: number | undefined;
  /** Longest wait for a database server that is still starting. By default there is no wait. */
  readonly waitMs?: number | undefined;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly metrics?: Metrics;
}

/** The configuration has the same defaults. */
export const STORE_DEFAULTS = { timeoutMs: 5000, connections: 5, keepBackups: 10 } as const;
const RETRY_MS = 1000;

/**
 * Makes a backup before migrations. After an error, everything is closed. Errors: `data.not_writable`,
 * `data.disk_full`, `store.*`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { clock = systemClock, log = silentLogger, metrics = noMetrics } = options;
  const postgres = engineOf(options) === 'postgres';
  await ensureDataFolder(options.dataDir);
  let db: Kysely<StoreSchema> | undefined;
  try {
    // Statements of a migration have no time limit, so PostgreSQL needs a separate connection.
    if (postgres)
      await retryUntilReachable(options, clock, log, () =>
        withDatabase(connect(options), (own) => upgrade(own, options, clock, log)),
      );
    db = await connect(options, {
      timeoutMs: options.timeoutMs ?? STORE_DEFAULTS.timeoutMs,
      connections: options.connections ?? STORE_DEFAULTS.connections,
      onLost: () => reachability.checkNow(),
    });
    if (!postgres) await upgrade(db, options, clock, log);
  } catch (error) {
    await db?.destroy();
    throw storeError(`open the database ${shownPlace(options)}`, error);
  }
  const database = new Database({
    engine: engineOf(options),
    db,
    onWritten: (error) => reachability.noteWrite(error),
    ...(postgres && { lockWrites: lockPostgresWrites, onOutcome: (error: unknown) => reachability.note(error) }),
  });
  const ping = (): Promise<void> =>
    database.read('reach the database', async (one) => void (await sql`select 1`.execute(one)));
  const reachability: Reachability = new Reachability({ clock, log, metrics, ping: postgres ? ping : undefined });
  const history = new KyselyHistoryStore(database);
  const audio = postgres ? new AudioTable(database) : new AudioFolder(join(options.dataDir, 'audio'), history);
  return Object.assign(new KyselyDeviceStore(database), {
    firmware: new KyselyFirmwareStore(database),
    agents: new KyselyAgentStore(database),
    history,
    audio,
    memories: new KyselyMemoryStore(database),
    talkDays: new KyselyTalkDayStore(database),
    spending: new KyselySpendingStore(database),
    notices: new KyselyNoticeStore(database),
    toolData: new KyselyToolDataStore(database),
    knowledge: new KyselyKnowledgeStore(database),
    people: new KyselyPeopleStore(database),
    voiceprints: new KyselyVoiceprintStore(database),
    shared: postgres,
    upkeep: new DatabaseUpkeep(database, options, clock, audio),
    reachability,
  });
}

/** Retries for `waitMs`, because Chorus may start before its database when a machine boots. */
async function retryUntilReachable(
  options: StoreOptions,
  clock: Clock,
  log: Logger,
  work: () => Promise<void>,
): Promise<void> {
  const until = clock.nowMs() + (options.waitMs ?? 0);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const { code, message } = storeError('open the database', error);
      if (code !== 'store.unreachable' || clock.nowMs() >= until) throw error;
      log.warn('waiting for the database', { problem: 'store.waiting', reason: message });
      await sleep(clock, RETRY_MS);
    }
  }
}

async function upgrade(db: Kysely<StoreSchema>, options: StoreOptions, clock: Clock, log: Logger): Promise<void> {
  const { at, pending } = await schemaState(db);
  if (at !== undefined && pending.length > 0) {
    const keep = options.keepBackups ?? STORE_DEFAULTS.keepBackups;
    const { file } = await backupStore(options, { wallMs: clock.wallMs(), keep });
    log.info('migrating the database; a backup was made', { from: at, to: pending.at(-1), file });
  }
  await migrate(db);
}
