/** What the queue must know of a waiting job. */
export interface Waiting {
  readonly deviceId: string;
  /** `deadline - predicted`: started later than this, the job is late. `Clock.nowMs`. */
  readonly latestStartMs: number;
}

interface Entry<T> {
  readonly item: T;
  readonly order: number;
}

/**
 * Jobs in the order in which they should start: earliest latest-start first. Among jobs that are late already the order
 * of deadlines means nothing any more (all are missed), so there the device that had the least CPU time goes first; so
 * it is among equals. Pure: knows neither clock nor promises. Linear in the number of waiting jobs, which is bounded by
 * the devices that talk.
 */
export class DeadlineQueue<T extends Waiting> {
  readonly #entries = new Map<T, Entry<T>>();
  #order = 0;

  get size(): number {
    return this.#entries.size;
  }

  push(item: T): void {
    this.#entries.set(item, { item, order: this.#order++ });
  }

  /** False when it was not waiting. */
  remove(item: T): boolean {
    return this.#entries.delete(item);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#entries.keys();
  }

  /** Takes out the best of those that `mayStart`. `usedMs`: CPU time a device had of late. */
  take(nowMs: number, mayStart: (item: T) => boolean, usedMs: (deviceId: string) => number): T | undefined {
    let best: Entry<T> | undefined;
    for (const entry of this.#entries.values()) {
      if (mayStart(entry.item) && (best === undefined || before(entry, best, nowMs, usedMs))) best = entry;
    }
    if (best !== undefined) this.#entries.delete(best.item);
    return best?.item;
  }
}

function before<T extends Waiting>(a: Entry<T>, b: Entry<T>, nowMs: number, usedMs: (deviceId: string) => number): boolean {
  const aLate = a.item.latestStartMs <= nowMs;
  const bLate = b.item.latestStartMs <= nowMs;
  if (aLate !== bLate) return aLate;
  if (!aLate && a.item.latestStartMs !== b.item.latestStartMs) return a.item.latestStartMs < b.item.latestStartMs;
  const share = usedMs(a.item.deviceId) - usedMs(b.item.deviceId);
  if (share !== 0) return share < 0;
  if (a.item.latestStartMs !== b.item.latestStartMs) return a.item.latestStartMs < b.item.latestStartMs;
  return a.order < b.order;
}
