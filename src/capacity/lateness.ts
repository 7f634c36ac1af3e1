import { FadingSum } from './fading-sum.js';
import type { JobRecord } from './job-record.js';

/** Long enough for about 20 jobs of a few devices. Short enough to notice soon that a crowd has left. */
const HALF_LIFE_MS = 10_000;
/** Fewer jobs cannot show whether 5 of 100 are late. */
const ENOUGH_JOBS = 10;
/** If recognition or a first sentence starts this late, the first audio comes later than 1600 ms. */
const LATE_MS = 600;

/** Jobs that began too late, or never, although their result was needed. */
export interface LateJobs {
  /** Share of the recent jobs. Undefined if there were too few jobs. */
  readonly share: number | undefined;
  /** Number of late jobs since the start of the server. */
  readonly total: number;
}

export class Lateness {
  #total = 0;
  readonly #jobs = new FadingSum(HALF_LIFE_MS);
  readonly #late = new FadingSum(HALF_LIFE_MS);

  add({ deadlineMs, predictedMs, startedMs, endedMs, cancelledMs }: JobRecord): void {
    // Ignores a guess whose result was not needed, and a job that was cancelled before it began.
    if (deadlineMs === undefined || (startedMs === undefined && cancelledMs !== undefined)) return;
    const lateMs = (startedMs ?? endedMs) - (deadlineMs - predictedMs);
    this.#jobs.add(1, endedMs);
    if (lateMs <= LATE_MS) return;
    this.#total += 1;
    this.#late.add(1, endedMs);
  }

  view(nowMs: number): LateJobs {
    const jobs = this.#jobs.at(nowMs);
    return { share: jobs < ENOUGH_JOBS ? undefined : this.#late.at(nowMs) / jobs, total: this.#total };
  }
}
