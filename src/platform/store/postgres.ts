import { PostgresDialect, sql, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type { Client, Pool, PoolClient, PoolConfig } from 'pg';
import { ChorusError } from '../../core/index.js';
import type { Tx } from './database.js';
import { postgresAddress } from './postgres-address.js';

export interface PostgresOptions {
  readonly url: string;
  readonly connections: number;
  /** For Chorus servers, the longest wait for a connection, a statement or another writer. Undefined for a command. */
  readonly timeoutMs?: number | undefined;
  /** For a command, the longest wait for a statement. Undefined for migrations, which have no limit. */
  readonly answerMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onLost?: (() => void) | undefined;
}

const SERVER = 'chorus';
const COMMAND = 'chorus-command';
const CONNECT_TIMEOUT_MS = 5000;
/** Added to the database server's own time limit, in case the server has vanished. */
const NETWORK_MS = 1000;
/** Longer than the interval of the store's pings. A running server therefore always has a session. */
const IDLE_MS = 60_000;
/** "chorus" in ASCII. No other program uses this lock number. */
const WRITE_LOCK = 0x63_68_6f_72_75_73;

/** Loads the driver only when needed, and does not connect yet. Error: `store.refused`. */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDialect> {
  const { connectionString, shown } = postgresAddress(options.url);
  const { default: pg } = await import('pg');
  const { timeoutMs, answerMs = timeoutMs } = options;
  const bounds: PoolConfig = {
    ...(answerMs !== undefined && { statement_timeout: answerMs, query_timeout: answerMs + NETWORK_MS }),
    ...(timeoutMs !== undefined && { lock_timeout: timeoutMs, idle_in_transaction_session_timeout: timeoutMs }),
  };
  try {
    // Parses the URL and reads its certificates without connecting.
    await new pg.Client({ connectionString }).end();
    // Reads bigint columns as numbers, because numbers represent all times and counts exactly.
    const types = new pg.TypeOverrides();
    types.setTypeParser(pg.types.builtins.INT8, Number);
    const pool = new pg.Pool({
      // Parameters of the URL override these limits.
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
    // For example, the URL names an unreadable certificate.
    throw new ChorusError(
      'store.refused',
      `the settings of ${shown} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { details: { address: shown } },
    );
  }
}

/** Waits until no other Chorus transaction writes, on any server. The lock lasts until the end of the transaction. */
export async function lockPostgresWrites(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(WRITE_LOCK)})`.execute(tx);
}

/** Counts the connections of Chorus servers to this database. */
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
 * Destroys a connection that broke or gave no answer in time, because the next query could read the late answer.
 * Listens for error events, because an event without a listener would end the process.
 */
class GuardedClient {
  #broken: unknown;
  readonly #onError = (error: unknown): void => {
    this.#broken ??= error;
  };

  /** `end` closes the connection, which rejects a pending query. */
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
      if (!isQueryError(error)) this.#broken = error;
      throw error;
    }
  }

  release(destroy?: boolean): void {
    this.signal?.removeEventListener('abort', this.#onAbort);
    this.client.off('error', this.#onError);
    this.client.release(destroy === true || this.#broken !== undefined);
  }
}

/** Removes NUL from text, because PostgreSQL cannot store NUL and a device may send it. */
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '') : value;
}

/** Returns true if the database server reported the error. The connection is then still usable. */
function isQueryError(error: unknown): boolean {
  const { severity } = error as { severity?: unknown };
  return severity === 'ERROR';
}
