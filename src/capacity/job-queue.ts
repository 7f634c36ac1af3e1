import type { JobOrder, QueueMoment, Waiting } from './job-order.js';

/**
 * Waiting jobs. The order is computed each time a slot is free, because it may depend on the time. Taking a job takes
 * time in proportion to the number of waiting jobs, which is bounded by the number of talking devices. Pure: no clock,
 * no promises.
 */
export class JobQueue<T extends Waiting> {
  /** Waiting jobs in order of arrival. */
  readonly #jobs = new Set<T>();

  constructor(private readonly order: JobOrder) {}

  get size(): number {
    return this.#jobs.size;
  }

  push(job: T): void {
    this.#jobs.add(job);
  }

  /** Removes the job. Returns false if it was not waiting. */
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
