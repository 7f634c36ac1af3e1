import type { JobRecord } from './job-record.js';
import { Lateness } from './lateness.js';

/** Totals over the finished jobs, for the load control. */
export class JobTimes {
  readonly lateness = new Lateness();
  /** Total time for which jobs have occupied slots. */
  heldMs = 0;

  add(job: JobRecord): void {
    if (job.startedMs !== undefined) this.heldMs += job.endedMs - job.startedMs;
    this.lateness.add(job);
  }
}
