import { MINUTE_MS } from '../../core/index.js';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Kysely } from 'kysely';
import type { Engine } from './database.js';
import { LibsqlDialect } from './libsql-dialect.js';
import { openPostgres } from './postgres.js';
import { postgresAddress } from './postgres-address.js';
import type { StoreSchema } from './schema.js';

/** Location of a database. */
export interface DatabasePlace {
  /** The data folder. */
  readonly dataDir: string;
  /** File of the embedded database, relative to the data folder. Default `chorus.db`. */
  readonly file?: string | undefined;
  /** `postgres://...`: a database server that replaces the embedded database. */
  readonly url?: string | undefined;
}

export interface DatabaseConnectionOptions {
  /**
   * Longest wait for another process's transaction, or for a database server's answer. The wait does not block the
   * event loop.
   */
  readonly timeoutMs?: number | undefined;
  /** PostgreSQL, commands only: longest time for a statement. Undefined: no limit (migrations). */
  readonly answerMs?: number | undefined;
  /** PostgreSQL: closes the connections, including those that wait for an answer. */
  readonly signal?: AbortSignal | undefined;
  /** PostgreSQL: maximum number of connections. */
  readonly connections?: number | undefined;
  /** PostgreSQL: called when an idle connection is lost. */
  readonly onLost?: (() => void) | undefined;
}

export const engineOf = ({ url }: DatabasePlace): Engine => (url === undefined ? 'libsql' : 'postgres');

/** File of the embedded database. */
export const fileOf = ({ dataDir, file }: DatabasePlace): string =>
  file === undefined ? join(dataDir, 'chorus.db') : resolve(dataDir, file);

/** The database as shown to people: its file, or its address without user and password. Error: `store.refused`. */
export const shownPlace = (place: DatabasePlace): string =>
  place.url === undefined ? fileOf(place) : postgresAddress(place.url).shown;

/** A vacuum, or a count of millions of turns, takes a minute. A server that is silent for this long is lost. */
const ANSWER_MS = 10 * MINUTE_MS;

/** A connection for long operations. Each statement has a time limit, and the signal ends it. */
export function connectForUpkeep(place: DatabasePlace, signal?: AbortSignal): Promise<Kysely<StoreSchema>> {
  return connect(place, { answerMs: ANSWER_MS, signal });
}

/** Opens the database without changing its schema. A missing file is created; only its owner can read it. */
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
  // The database contains secrets. SQLite gives its auxiliary files the same mode.
  await (await open(file, 'a', 0o600)).close();
  return new Kysely<StoreSchema>({ dialect: await LibsqlDialect.open(file, options) });
}
