import {
  asChorusError,
  backoffMs,
  BoundedQueue,
  sleep,
  type Backoff,
  type Clock,
  type Logger,
  type Metrics,
} from '../../core/index.js';
import type { HistoryStore, HistoryTurn } from './history-port.js';

export interface TurnWriterOptions {
  readonly history: Pick<HistoryStore, 'keepTurns'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Called with turns that were written (`kept`), or that were dropped. */
  readonly onWritten?: (turns: readonly HistoryTurn[], kept: boolean) => void;
}

/** A turn has about 1 kB. While the database is unreachable, forty devices fill the queue in half an hour. */
const CAPACITY = 5000;
const BATCH = 200;
/** Each write syncs the disk, so turns are collected for this time and written together. */
const GATHER_MS = 1000;
const RETRY: Backoff = { firstMs: 1000, mostMs: 30_000 };
/** A batch is dropped after the database has refused its content this often. */
const MAX_REFUSALS = 3;
/** Not counted as refusals, because another writer, such as a vacuum, holds its lock for too long. */
const BUSY = /^(SQLITE_(BUSY|LOCKED)\w*|55P03|57014|40P01|40001)$/;

/** Writes turns to the history in the background. Adding a turn is cheap and never fails. */
export class TurnWriter {
  readonly #queue = new BoundedQueue<HistoryTurn>(CAPACITY, 'dropOldest');
  #batch: HistoryTurn[] = [];
  #wake: (() => void) | undefined;
  #dropped = 0;
  #refusals = 0;

  constructor(private readonly options: TurnWriterOptions) {}

  /** Number of turns that were lost because the database was unreachable for too long, or refused them. */
  get dropped(): number {
    return this.#dropped;
  }

  add(turn: HistoryTurn): void {
    const oldest = this.#queue.size === CAPACITY ? this.#queue.shift() : undefined;
    if (oldest) this.#drop([oldest]);
    this.#queue.push(turn);
    this.#wake?.();
  }

  forget(fits: (turn: HistoryTurn) => boolean): void {
    this.#batch = this.#batch.filter((turn) => !fits(turn));
    for (const turn of this.#queue.drain()) if (!fits(turn)) this.#queue.push(turn);
  }

  /** Rejects with the signal's reason. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    let failures = 0;
    for (;;) {
      await this.#untilTurnsWait(signal);
      await sleep(clock, GATHER_MS, signal);
      if (await this.#write()) {
        failures = 0;
        continue;
      }
      failures += 1;
      await sleep(clock, backoffMs(failures, RETRY), signal);
    }
  }

  /** For the shutdown. Tries only once to write all waiting turns, and drops the rest. */
  async flush(): Promise<void> {
    while (this.#batch.length + this.#queue.size > 0) {
      if (await this.#write()) continue;
      this.#drop([...this.#batch, ...this.#queue.drain()]);
      this.#batch = [];
    }
  }

  async #untilTurnsWait(signal: AbortSignal): Promise<void> {
    while (this.#batch.length + this.#queue.size === 0) {
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => reject(signal.reason);
        if (signal.aborted) onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
        this.#wake = () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
      });
    }
  }

  /** Returns false if the batch must be retried later. */
  async #write(): Promise<boolean> {
    const { history, log, metrics, onWritten } = this.options;
    while (this.#batch.length < BATCH) {
      const turn = this.#queue.shift();
      if (turn === undefined) break;
      this.#batch.push(turn);
    }
    try {
      await history.keepTurns(this.#batch);
      metrics.count('chorus_history_turns_total', { result: 'kept' }, this.#batch.length);
      onWritten?.(this.#batch, true);
    } catch (error) {
      const { code, message, details } = asChorusError(error, 'store.failed');
      const refused = code === 'store.failed' && !BUSY.test(String(details['system'] ?? ''));
      log.warn('turns wait for the database', { code, reason: message, turns: this.#batch.length + this.#queue.size });
      if (!refused || ++this.#refusals < MAX_REFUSALS) return false;
      this.#drop(this.#batch);
    }
    this.#batch = [];
    this.#refusals = 0;
    return true;
  }

  #drop(turns: readonly HistoryTurn[]): void {
    this.#dropped += turns.length;
    this.options.metrics.count('chorus_history_turns_total', { result: 'dropped' }, turns.length);
    this.options.onWritten?.(turns, false);
  }
}
