import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
} from 'kysely';
import { Libsql, type LibsqlDatabase } from './libsql.js';

/**
 * Pages of the file kept in memory. SQLite's own 2 MB fill for an hour with the turns that are written, none of which is read again soon (4,000 commits of a row of 1 kB: 9.8 MB
 * beside V8's heap, 8.0 with 256 KB; medians of three); the operating system keeps what is read.
 */
const CACHE_KB = 256;

/**
 * Kysely on libsql without blocking the event loop. In libsql only `exec` and `prepare` run on another thread; a statement
 * outside a transaction waits for a lock, and syncs to disk, **on the calling thread** (measured: 2.5 s of blocked loop
 * beside another writer). So everything that writes runs between `exec('begin immediate')` and `exec('commit')`: the
 * waiting and the syncing happen there. There is one connection, and whoever wants it waits in line.
 */
export class LibsqlDialect implements Dialect {
  private constructor(private readonly database: LibsqlDatabase) {}

  /**
   * Opens the file at once rather than with Kysely's first query, so that a file that is no database is told, and let go
   * of, before anything is built on it. `memory`: for a file that is thrown away if anything happens. Rejects with what libsql says.
   */
  static async open(
    file: string,
    { busyTimeoutMs, journal = 'wal' }: { readonly busyTimeoutMs: number; readonly journal?: 'wal' | 'memory' },
  ): Promise<LibsqlDialect> {
    const database = new Libsql(file, { timeout: busyTimeoutMs });
    try {
      await (await database.prepare(`pragma journal_mode = ${journal}`)).all([]);
      // FULL: a commit that was acknowledged survives a power cut, not only a crash.
      await database.exec('pragma synchronous = full');
      await (await database.prepare(`pragma cache_size = -${CACHE_KB}`)).all([]);
    } catch (error) {
      database.close();
      throw error;
    }
    return new LibsqlDialect(database);
  }

  createDriver(): Driver {
    return new LibsqlDriver(this.database);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** SQLite can undo DDL; with this the Migrator runs inside one transaction, so that a failed migration leaves nothing. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class LibsqlDriver implements Driver {
  readonly #connection: LibsqlConnection;
  #line: Promise<void> = Promise.resolve();
  #leave: (() => void) | undefined;

  constructor(database: LibsqlDatabase) {
    this.#connection = new LibsqlConnection(database);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#line;
    let leave: (() => void) | undefined;
    this.#line = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    this.#leave = leave;
    return this.#connection;
  }

  releaseConnection(): Promise<void> {
    this.#leave?.();
    return Promise.resolve();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as LibsqlConnection).begin();
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as LibsqlConnection).commit();
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as LibsqlConnection).rollback();
  }

  destroy(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }
}

class LibsqlConnection implements DatabaseConnection {
  #inTransaction = false;

  constructor(private readonly database: LibsqlDatabase) {}

  async begin(): Promise<void> {
    await this.database.exec('begin immediate');
    this.#inTransaction = true;
  }

  async commit(): Promise<void> {
    await this.database.exec('commit');
    this.#inTransaction = false;
  }

  /** SQLite has rolled back by itself after some errors (a full disk), so that this may fail with "no transaction": the cause was thrown already. */
  async rollback(): Promise<void> {
    this.#inTransaction = false;
    await this.database.exec('rollback').catch(() => undefined);
  }

  close(): void {
    this.database.close();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const reads = query.query.kind === 'SelectQueryNode';
    if (this.#inTransaction || reads) return this.#execute<R>(query);
    await this.begin();
    try {
      const result = await this.#execute<R>(query);
      await this.commit();
      return result;
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  // eslint-disable-next-line require-yield -- the interface asks for a generator
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not used: every result here is small');
  }

  async #execute<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = await this.database.prepare(query.sql);
    const rows = (await statement.all(query.parameters)) as R[];
    if (statement.reader) return { rows };
    const [changed] = (await (await this.database.prepare('select changes() as n')).all([])) as { n: number }[];
    return { rows: [], numAffectedRows: BigInt(changed?.n ?? 0) };
  }
}
