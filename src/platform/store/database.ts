import type { Kysely, Transaction } from 'kysely';
import { ChorusError } from '../../core/index.js';
import type { StoreSchema } from './schema.js';
import { storeError } from './store-error.js';

/**
 * Rows to remove at a time. A removal blocks other writers, and with the embedded database also this thread. 2000
 * rows took 55 ms, 250 took 20 ms (at a load average of 2 on 2 cores).
 */
export const PAGE_ROWS = 250;

export type Engine = 'libsql' | 'postgres';
export type Tx = Transaction<StoreSchema>;

export interface DatabaseOptions {
  readonly engine: Engine;
  readonly db: Kysely<StoreSchema>;
  /** Locks out all other writers until the transaction ends. Undefined if every transaction does so by itself. */
  readonly lockWrites?: (tx: Tx) => Promise<void>;
  /** Called after each operation with its error, or undefined. */
  readonly onOutcome?: (error: unknown) => void;
  readonly onWritten?: (error: unknown) => void;
}

/**
 * Runs one write at a time across all servers of the database. Rows that a write reads stay unchanged until its end.
 * Every error is a ChorusError.
 */
export class Database {
  readonly engine: Engine;
  #closed = false;

  constructor(private readonly options: DatabaseOptions) {
    this.engine = options.engine;
  }

  get db(): Kysely<StoreSchema> {
    return this.options.db;
  }

  read<T>(what: string, work: (db: Kysely<StoreSchema>) => Promise<T>): Promise<T> {
    return this.#attempt(what, () => work(this.db));
  }

  write<T>(what: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    const { lockWrites, onWritten } = this.options;
    return this.#attempt(
      what,
      () =>
        this.db.transaction().execute(async (tx) => {
          await lockWrites?.(tx);
          return work(tx);
        }),
      onWritten,
    );
  }

  /**
   * Repeats `page` in transactions of their own, until it removes fewer than {@link PAGE_ROWS} rows. Returns how many
   * rows it removed altogether. Rejects with the signal's reason between two pages.
   */
  async removeInPages(what: string, page: (tx: Tx) => Promise<number>, signal?: AbortSignal): Promise<number> {
    let removed = 0;
    for (;;) {
      signal?.throwIfAborted();
      const n = await this.write(what, page);
      removed += n;
      if (n < PAGE_ROWS) return removed;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.db.destroy();
  }

  async #attempt<T>(what: string, work: () => Promise<T>, onEnded?: (error: unknown) => void): Promise<T> {
    const { onOutcome } = this.options;
    // After `destroy`, Kysely would open a new pool that is never closed.
    if (this.#closed) throw new ChorusError('store.failed', `cannot ${what}: the database is closed`);
    try {
      const result = await work();
      onOutcome?.(undefined);
      onEnded?.(undefined);
      return result;
    } catch (error) {
      const typed = storeError(what, error);
      onOutcome?.(typed);
      onEnded?.(typed);
      throw typed;
    }
  }
}
