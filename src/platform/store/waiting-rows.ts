import { asChorusError, sleep, type ChorusError, type Clock } from '../../core/index.js';

export interface WaitingRowsOptions<Row> {
  readonly clock: Clock;
  /** Rows with the same key are written as one row. */
  readonly keyOf: (row: Row) => string;
  readonly sum: (known: Row, more: Row) => Row;
  /** Maximum number of rows that wait for an unreachable database. Rows with further keys are dropped. */
  readonly max: number;
  readonly write: (rows: readonly Row[]) => Promise<void>;
  readonly onFailed: (error: ChorusError) => void;
}

const WRITE_EVERY_MS = 2000;

/** Collects sums, and writes them to the database every two seconds. Adding is cheap and never fails. */
export class WaitingRows<Row> {
  #rows = new Map<string, Row>();

  constructor(private readonly options: WaitingRowsOptions<Row>) {}

  add(row: Row): void {
    const { keyOf, sum, max } = this.options;
    const key = keyOf(row);
    const known = this.#rows.get(key);
    if (known === undefined && this.#rows.size >= max) return;
    this.#rows.set(key, known === undefined ? row : sum(known, row));
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  forget(fits: (row: Row) => boolean): void {
    for (const [key, row] of this.#rows) if (fits(row)) this.#rows.delete(key);
  }

  /** Rejects with the signal's reason. */
  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.options.clock, WRITE_EVERY_MS, signal);
      await this.flush();
    }
  }

  /** Tries once to write the rows. After a failure, the rows keep waiting. */
  async flush(): Promise<void> {
    if (this.#rows.size === 0) return;
    const rows = [...this.#rows.values()];
    this.#rows = new Map();
    try {
      await this.options.write(rows);
    } catch (error) {
      for (const row of rows) this.add(row);
      this.options.onFailed(asChorusError(error, 'store.failed'));
    }
  }
}
