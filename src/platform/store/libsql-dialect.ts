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
 * SQLite's default page cache of 2 MB fills with written turns that are rarely read again. After 4,000 commits of a 1
 * kB row, the process uses 9.8 MB outside V8's heap. With 256 KB, the process uses 8.0 MB (medians of three).
 */
const CACHE_KB = 256;

/**
 * Runs Kysely on libsql without blocking the event loop. In libsql, only `exec` and `prepare` run on another thread. A
 * statement outside a transaction waits for locks and syncs on the calling thread. The wait blocked the loop for 2.5 s
 * while another process wrote. Every write therefore runs between `exec('begin immediate')` and `exec('commit')`.
 */
export class LibsqlDialect implements Dialect {
  private constructor(private readonly database: LibsqlDatabase) {}

  /**
   * Opens the file at once, so that a file that is no database is noticed early. Journal `memory` is for temporary
   * files. Rejects with libsql's error.
   */
  static async open(
    file: string,
    { busyTimeoutMs, journal = 'wal' }: { readonly busyTimeoutMs: number; readonly journal?: 'wal' | 'memory' },
  ): Promise<LibsqlDialect> {
    const database = new Libsql(file, { timeout: busyTimeoutMs });
    try {
      await (await database.prepare(`pragma journal_mode = ${journal}`)).all([]);
      // With `full`, a committed transaction survives even a power cut.
      await database.exec('pragma synchronous = full');
      await (await database.prepare(`pragma cache_size = -${CACHE_KB}`)).all([]);
    } catch (error) {
      database.close();
      throw error;
    }
    return new LibsqlDialect(database);
  }

  createDriver(): Driver {
    return new LibsqlConnection(this.database);
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

/** SQLite can roll back DDL, so a failed migration changes nothing. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class LibsqlConnection implements Driver, DatabaseConnection {
  #queue: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;
  #inTransaction = false;

  constructor(private readonly database: LibsqlDatabase) {}

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#queue;
    let release: (() => void) | undefined;
    this.#queue = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
    return this;
  }

  releaseConnection(): Promise<void> {
    this.#release?.();
    return Promise.resolve();
  }

  async beginTransaction(): Promise<void> {
    await this.database.exec('begin immediate');
    this.#inTransaction = true;
  }

  async commitTransaction(): Promise<void> {
    await this.database.exec('commit');
    this.#inTransaction = false;
  }

  /** After some errors, such as a full disk, SQLite has already rolled back, and this rollback fails. */
  async rollbackTransaction(): Promise<void> {
    this.#inTransaction = false;
    await this.database.exec('rollback').catch(() => undefined);
  }

  destroy(): Promise<void> {
    this.database.close();
    return Promise.resolve();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const reads = query.query.kind === 'SelectQueryNode';
    if (this.#inTransaction || reads) return this.#execute<R>(query);
    await this.beginTransaction();
    try {
      const result = await this.#execute<R>(query);
      await this.commitTransaction();
      return result;
    } catch (error) {
      await this.rollbackTransaction();
      throw error;
    }
  }

  // eslint-disable-next-line require-yield -- the interface asks for a generator
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not used: all results are small');
  }

  async #execute<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = await this.database.prepare(query.sql);
    const rows = (await statement.all(query.parameters)) as R[];
    if (statement.reader) return { rows };
    const [changed] = (await (await this.database.prepare('select changes() as n')).all([])) as { n: number }[];
    return { rows: [], numAffectedRows: BigInt(changed?.n ?? 0) };
  }
}
