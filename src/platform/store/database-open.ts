import { MINUTE_MS } from '../../core/index.js';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Kysely } from 'kysely';
import type { Engine } from './database.js';
import { LibsqlDialect } from './libsql-dialect.js';
import { openPostgres } from './postgres.js';
import { postgresAddress } from './postgres-address.js';
import type { StoreSchema } from './schema.js';

export interface DatabasePlace {
  readonly dataDir: string;
  /** File of the embedded database, relative to the data folder. Default `chorus.db`. */
  readonly file?: string | undefined;
  /** Address of a database server, e.g. `postgres://...`, which replaces the embedded database. */
  readonly url?: string | undefined;
}

export interface DatabaseConnectionOptions {
  /** Longest wait for another transaction or for a database server. Does not block the event loop. */
  readonly timeoutMs?: number | undefined;
  /** For PostgreSQL commands, the longest time for a statement. Undefined means no limit, e.g. for migrations. */
  readonly answerMs?: number | undefined;
  /** For PostgreSQL, closes all connections, even while they wait for an answer. */
  readonly signal?: AbortSignal | undefined;
  /** For PostgreSQL, the maximum number of connections. */
  readonly connections?: number | undefined;
  /** For PostgreSQL, called when an idle connection is lost. */
  readonly onLost?: (() => void) | undefined;
}

export const engineOf = ({ url }: DatabasePlace): Engine => (url === undefined ? 'libsql' : 'postgres');

export const fileOf = ({ dataDir, file }: DatabasePlace): string =>
  file === undefined ? join(dataDir, 'chorus.db') : resolve(dataDir, file);

/** Shows the file, or the address without user and password. Error: `store.refused`. */
export const shownPlace = (place: DatabasePlace): string =>
  place.url === undefined ? fileOf(place) : postgresAddress(place.url).shown;

/** A vacuum, or a count of millions of turns, takes a minute. A server that is silent for ten minutes is lost. */
const ANSWER_MS = 10 * MINUTE_MS;

/** With PostgreSQL, limits the time of each statement, and the signal ends the connection. */
export function connectForUpkeep(place: DatabasePlace, signal?: AbortSignal): Promise<Kysely<StoreSchema>> {
  return connect(place, { answerMs: ANSWER_MS, signal });
}

/** Does not change the schema. Only the owner can read a new file. */
export async function connect(
  place: DatabasePlace,
  { timeoutMs, answerMs, signal, connections = 1, onLost }: DatabaseConnectionOptions = {},
): Promise<Kysely<StoreSchema>> {
  if (place.url !== undefined) {
    return new Kysely<StoreSchema>({
      dialect: await openPostgres({ url: place.url, connections, timeoutMs, answerMs, signal, onLost }),
    });
  }
  return openFile(fileOf(place), { busyTimeoutMs: timeoutMs ?? 30_000 });
}

export async function openFile(
  file: string,
  options: { readonly busyTimeoutMs: number; readonly journal?: 'wal' | 'memory' },
): Promise<Kysely<StoreSchema>> {
  // Only the owner may read the database, because it contains secrets. SQLite gives its auxiliary files the same mode.
  await (await open(file, 'a', 0o600)).close();
  return new Kysely<StoreSchema>({ dialect: await LibsqlDialect.open(file, options) });
}
