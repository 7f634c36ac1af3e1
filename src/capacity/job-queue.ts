import type { JobOrder, QueueMoment, Waiting } from './job-order.js';

/**
 * Jobs that wait, given out in an order that is looked at when a slot is free, since it may depend on the moment. Pure:
 * knows neither clock nor promises. Linear in the number of waiting jobs, which is bounded by the devices that talk.
 */
export class JobQueue<T extends Waiting> {
  /** In the order in which they came. */
  readonly #jobs = new Set<T>();

  constructor(private readonly order: JobOrder) {}

  get size(): number {
    return this.#jobs.size;
  }

  push(job: T): void {
    this.#jobs.add(job);
  }

  /** False when it was not waiting. */
  remove(job: T): boolean {
    return this.#jobs.delete(job);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#jobs.values();
  }

  /** Takes out the first of those that `mayStart`. */
  take(moment: QueueMoment, mayStart: (job: T) => boolean): T | undefined {
    let best: T | undefined;
    for (const job of this.#jobs) {
      if (mayStart(job) && (best === undefined || this.order(job, best, moment) < 0)) best = job;
    }
    if (best !== undefined) this.#jobs.delete(best);
    return best;
  }
}
