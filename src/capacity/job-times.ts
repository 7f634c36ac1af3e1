import type { JobRecord } from './job-record.js';
import { Lateness } from './lateness.js';

/** What the load control learns from finished jobs. */
export class JobTimes {
  readonly lateness = new Lateness();
  /** Total time for which jobs have held slots. */
  heldMs = 0;

  add(job: JobRecord): void {
    if (job.startedMs !== undefined) this.heldMs += job.endedMs - job.startedMs;
    this.lateness.add(job);
  }
}
