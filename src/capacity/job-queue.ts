import type { JobOrder, QueueMoment, Waiting } from './job-order.js';

/**
 * Waiting jobs. The order is computed each time a slot is free, because it changes with time. Few jobs wait, so a
 * search through all of them is fast enough.
 */
export class JobQueue<T extends Waiting> {
  /** In order of arrival. */
  readonly #jobs = new Set<T>();

  constructor(private readonly order: JobOrder) {}

  get size(): number {
    return this.#jobs.size;
  }

  push(job: T): void {
    this.#jobs.add(job);
  }

  /** Returns false if the job was not waiting. */
  remove(job: T): boolean {
    return this.#jobs.delete(job);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#jobs.values();
  }

  /** Removes and returns the first job for which `mayStart` returns true. */
  take(moment: QueueMoment, mayStart: (job: T) => boolean): T | undefined {
    let best: T | undefined;
    for (const job of this.#jobs) {
      if (mayStart(job) && (best === undefined || this.order(job, best, moment) < 0)) best = job;
    }
    if (best !== undefined) this.#jobs.delete(best);
    return best;
  }
}
