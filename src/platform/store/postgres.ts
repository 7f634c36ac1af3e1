import { PostgresDialect, sql, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type { Client, Pool, PoolClient, PoolConfig } from 'pg';
import { ChorusError } from '../../core/index.js';
import type { Tx } from './database.js';
import { postgresAddress } from './postgres-address.js';

export interface PostgresOptions {
  readonly url: string;
  /** Connections at a time. */
  readonly connections: number;
  /** Of a server: longest wait for a connection, for a statement, and for another writer. Undefined: it is a command's connection. */
  readonly timeoutMs?: number | undefined;
  /** Of a command's connection: longest wait for a statement. Undefined: only connecting is bounded (migrations). */
  readonly answerMs?: number | undefined;
  /** Ends its connections, whatever they wait for. */
  readonly signal?: AbortSignal | undefined;
  /** An idle connection was lost: the server restarts, or the network is gone. */
  readonly onLost?: (() => void) | undefined;
}

/** By it the sessions of servers are told from others of the same user, those of single commands among them. */
const SERVER = 'chorus';
const COMMAND = 'chorus-command';
const CONNECT_TIMEOUT_MS = 5000;
/** Beyond the server's own bound, for a server that is not there any more. */
const NETWORK_MS = 1000;
/** Longer than the store's watch waits between two looks, so that a running server always has a session that others see. */
const IDLE_MS = 60_000;
/** Any number, as long as it is nobody else's in this database: "chorus" in ASCII. */
const WRITE_LOCK = 0x63_68_6f_72_75_73;

/** Kysely on PostgreSQL. The driver is loaded only here; nothing is connected yet. Error: `store.refused`. */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDialect> {
  const { connectionString, shown } = postgresAddress(options.url);
  const { default: pg } = await import('pg');
  const { timeoutMs, answerMs = timeoutMs } = options;
  const bounds: PoolConfig = {
    ...(answerMs !== undefined && { statement_timeout: answerMs, query_timeout: answerMs + NETWORK_MS }),
    ...(timeoutMs !== undefined && { lock_timeout: timeoutMs, idle_in_transaction_session_timeout: timeoutMs }),
  };
  try {
    // Reads what the URL says, certificates too, and connects to nothing.
    await new pg.Client({ connectionString }).end();
    // Times in milliseconds and counts are bigint there; all of them are exact as numbers.
    const types = new pg.TypeOverrides();
    types.setTypeParser(pg.types.builtins.INT8, Number);
    const pool = new pg.Pool({
      // What the URL says of these goes before.
      ...bounds,
      connectionString,
      application_name: timeoutMs === undefined ? COMMAND : SERVER,
      max: options.connections,
      connectionTimeoutMillis: Math.min(timeoutMs ?? CONNECT_TIMEOUT_MS, CONNECT_TIMEOUT_MS),
      idleTimeoutMillis: IDLE_MS,
      keepAlive: true,
      types,
    });
    pool.on('error', () => options.onLost?.());
    return new PostgresDialect({ pool: new GuardedPool(pool, options.signal) });
  } catch (error) {
    // A certificate of the URL that cannot be read.
    throw new ChorusError(
      'store.refused',
      `the settings of ${shown} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { details: { address: shown } },
    );
  }
}

/** Waits until no other transaction of Chorus writes to this database, on whatever server; to the end of the transaction. */
export async function lockPostgresWrites(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(WRITE_LOCK)})`.execute(tx);
}

/** Connections that servers of Chorus have to this database now. */
export async function serverSessions(tx: Tx): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from pg_stat_activity
    where datname = current_database() and application_name = ${SERVER}`.execute(tx);
  return rows[0]?.n ?? 0;
}

class GuardedPool implements PostgresPool {
  constructor(
    private readonly pool: Pool,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async connect(): Promise<PostgresPoolClient> {
    return new GuardedClient(await this.pool.connect(), this.signal) as unknown as PostgresPoolClient;
  }

  end(): Promise<void> {
    return this.pool.end();
  }
}

/**
 * A connection while somebody has it. One that broke, or whose answer did not come, is not given to anybody again: the next query would
 * read the late answer of this one. Its error event would end the process if nobody listened.
 */
class GuardedClient {
  #broken: unknown;
  readonly #onError = (error: unknown): void => {
    this.#broken ??= error;
  };

  /** `end` cuts the line where an answer is waited for, which is rejected then. */
  readonly #onAbort = (): void => {
    this.#broken ??= this.signal?.reason;
    (this.client as PoolClient & Pick<Client, 'end'>).end().catch(() => undefined);
  };

  constructor(
    private readonly client: PoolClient,
    private readonly signal: AbortSignal | undefined,
  ) {
    client.on('error', this.#onError);
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async query(text: string, parameters: readonly unknown[]): Promise<unknown> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      return await this.client.query(text, parameters.map(storable));
    } catch (error) {
      if (!saidByServer(error)) this.#broken = error;
      throw error;
    }
  }

  release(destroy?: boolean): void {
    this.signal?.removeEventListener('abort', this.#onAbort);
    this.client.off('error', this.#onError);
    this.client.release(destroy === true || this.#broken !== undefined);
  }
}

/** PostgreSQL has no NUL in its texts; a device may send one. */
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '') : value;
}

/** The server answered, with an error that leaves the connection usable. */
function saidByServer(error: unknown): boolean {
  const { severity } = error as { severity?: unknown };
  return severity === 'ERROR';
}
