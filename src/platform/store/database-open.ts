import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Kysely } from 'kysely';
import type { Engine } from './database.js';
import { LibsqlDialect } from './libsql-dialect.js';
import { openPostgres } from './postgres.js';
import { postgresAddress } from './postgres-address.js';
import type { StoreSchema } from './schema.js';

/** Which database it is. */
export interface DatabasePlace {
  /** The folder of everything that Chorus keeps. */
  readonly dataDir: string;
  /** Of the embedded database, relative to the data folder. Default `chorus.db`. */
  readonly file?: string | undefined;
  /** `postgres://...`: in place of the embedded one. */
  readonly url?: string | undefined;
}

export interface ConnectionOptions {
  /** How long a write waits for another process's transaction, and a database server's answer is waited for; off the event loop. */
  readonly timeoutMs?: number | undefined;
  /** Of a database server, in a command's connection: the longest wait for the answer to a statement. Undefined: it may take as long as it needs (migrations). */
  readonly answerMs?: number | undefined;
  /** Ends the connections to a database server, whatever they wait for. */
  readonly signal?: AbortSignal | undefined;
  /** Of a database server, connections at a time. */
  readonly connections?: number | undefined;
  /** A database server's connection was lost while nobody used it. */
  readonly onLost?: (() => void) | undefined;
}

export const engineOf = ({ url }: DatabasePlace): Engine => (url === undefined ? 'libsql' : 'postgres');

/** Of the embedded database. */
export const fileOf = ({ dataDir, file }: DatabasePlace): string =>
  file === undefined ? join(dataDir, 'chorus.db') : resolve(dataDir, file);

/** What the database is called where people read it: its file, or its address without user and password. Error: `store.refused`. */
export const shownPlace = (place: DatabasePlace): string =>
  place.url === undefined ? fileOf(place) : postgresAddress(place.url).shown;

/** A database server that has not answered for so long is not there any more: a vacuum, or a count of millions of turns, takes a minute. */
const ANSWER_MS = 10 * 60_000;

/** A connection for what takes long: bounded, and ended by the signal. */
export function connectForUpkeep(place: DatabasePlace, signal?: AbortSignal): Promise<Kysely<StoreSchema>> {
  return connect(place, { answerMs: ANSWER_MS, signal });
}

/** Opens the database as it is: no schema is made or changed. The file is made when missing, for its owner alone. */
export async function connect(
  place: DatabasePlace,
  { timeoutMs, answerMs, signal, connections = 1, onLost }: ConnectionOptions = {},
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
  // There are secrets in it; what is made beside it has the same mode.
  await (await open(file, 'a', 0o600)).close();
  return new Kysely<StoreSchema>({ dialect: await LibsqlDialect.open(file, options) });
}
