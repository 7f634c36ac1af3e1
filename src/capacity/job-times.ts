import type { JobRecord } from './job-record.js';
import { Lateness } from './lateness.js';

/** Times of finished jobs, from which the load control learns. */
export class JobTimes {
  readonly lateness = new Lateness();
  /** Total time for which jobs have held slots. */
  heldMs = 0;

  add(job: JobRecord): void {
    if (job.startedMs !== undefined) this.heldMs += job.endedMs - job.startedMs;
    this.lateness.add(job);
  }
}
