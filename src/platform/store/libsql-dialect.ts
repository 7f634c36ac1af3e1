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

interface LibsqlOptions {
  readonly busyTimeoutMs: number;
  /** `memory` is for temporary files. */
  readonly journal?: 'wal' | 'memory';
}

/**
 * Runs Kysely on libsql without blocking the event loop. In libsql, only `exec` and `prepare` run on another thread. A
 * statement outside a transaction waits for locks and syncs on the calling thread. The wait blocked the loop for 2.5 s
 * while another process wrote. Every write therefore runs between `exec('begin immediate')` and `exec('commit')`.
 *
 * Reads have a connection of their own, because a write may wait for another process, such as a nightly vacuum.
 */
export class LibsqlDialect implements Dialect {
  private constructor(
    private readonly writer: LibsqlDatabase,
    /** Undefined without a WAL, because reads then wait for writes anyway. */
    private readonly reader: LibsqlDatabase | undefined,
  ) {}

  /** Opens the file at once, so that a file that is no database is noticed early. Rejects with libsql's error. */
  static async open(file: string, { busyTimeoutMs, journal = 'wal' }: LibsqlOptions): Promise<LibsqlDialect> {
    const writer = new Libsql(file, { timeout: busyTimeoutMs });
    let reader: LibsqlDatabase | undefined;
    try {
      await (await writer.prepare(`pragma journal_mode = ${journal}`)).all([]);
      // With `full`, a committed transaction survives even a power cut.
      await writer.exec('pragma synchronous = full');
      if (journal === 'wal') {
        reader = new Libsql(file, { timeout: busyTimeoutMs });
        await reader.exec('pragma query_only = on');
      }
      for (const one of [writer, reader]) await (await one?.prepare(`pragma cache_size = -${CACHE_KB}`))?.all([]);
    } catch (error) {
      reader?.close();
      writer.close();
      throw error;
    }
    return new LibsqlDialect(writer, reader);
  }

  createDriver(): Driver {
    return new LibsqlDriver(this.writer, this.reader);
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

class LibsqlDriver implements Driver {
  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly writer: LibsqlDatabase,
    private readonly reader: LibsqlDatabase | undefined,
  ) {}

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<LibsqlConnection> {
    return Promise.resolve(new LibsqlConnection(this.writer, this.reader, () => this.#takeWriter()));
  }

  beginTransaction(connection: LibsqlConnection): Promise<void> {
    return connection.begin();
  }

  commitTransaction(connection: LibsqlConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: LibsqlConnection): Promise<void> {
    return connection.rollback();
  }

  releaseConnection(connection: LibsqlConnection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    this.reader?.close();
    this.writer.close();
    return Promise.resolve();
  }

  /** Resolves with a function that gives the writer to the next one who waits. */
  async #takeWriter(): Promise<() => void> {
    const before = this.#queue;
    let release: (() => void) | undefined;
    this.#queue = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return () => release?.();
  }
}

class LibsqlConnection implements DatabaseConnection {
  #releaseWriter: (() => void) | undefined;
  #inTransaction = false;

  constructor(
    private readonly writer: LibsqlDatabase,
    private readonly reader: LibsqlDatabase | undefined,
    private readonly takeWriter: () => Promise<() => void>,
  ) {}

  async begin(): Promise<void> {
    this.#releaseWriter ??= await this.takeWriter();
    await this.writer.exec('begin immediate');
    this.#inTransaction = true;
  }

  async commit(): Promise<void> {
    await this.writer.exec('commit');
    this.#inTransaction = false;
  }

  /** After some errors, such as a full disk, SQLite has already rolled back, and this rollback fails. */
  async rollback(): Promise<void> {
    this.#inTransaction = false;
    await this.writer.exec('rollback').catch(() => undefined);
  }

  release(): void {
    this.#releaseWriter?.();
    this.#releaseWriter = undefined;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#inTransaction) return execute<R>(this.writer, query);
    if (query.query.kind === 'SelectQueryNode') {
      if (this.reader) return execute<R>(this.reader, query);
      this.#releaseWriter ??= await this.takeWriter();
      return execute<R>(this.writer, query);
    }
    await this.begin();
    try {
      const result = await execute<R>(this.writer, query);
      await this.commit();
      return result;
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  // eslint-disable-next-line require-yield -- the interface asks for a generator
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not used: all results are small');
  }
}

async function execute<R>(database: LibsqlDatabase, query: CompiledQuery): Promise<QueryResult<R>> {
  const statement = await database.prepare(query.sql);
  const rows = (await statement.all(query.parameters)) as R[];
  if (statement.reader) return { rows };
  const [changed] = (await (await database.prepare('select changes() as n')).all([])) as { n: number }[];
  return { rows: [], numAffectedRows: BigInt(changed?.n ?? 0) };
}
