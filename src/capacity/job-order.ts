/** Properties of a waiting job that decide its place in the queue. Times are on the scale of `Clock.nowMs`. */
export interface Waiting {
  readonly deviceId: string;
  /**
   * `deadline - predicted`. A later start makes the result late. Infinite for an unconfirmed guess or background work.
   */
  readonly latestStartMs: number;
  /** True if a late result is audible as a gap. */
  readonly playing: boolean;
  readonly enqueuedMs: number;
  /** How long the job is expected to occupy a slot. */
  readonly predictedMs: number;
}

export interface QueueMoment {
  readonly nowMs: number;
  /** Recent CPU time of a device. */
  usedMs(deviceId: string): number;
}

/**
 * Returns a negative number if `a` goes before `b`. Equal jobs go in the order of their arrival. At any given time, the
 * order must be total.
 */
export type JobOrder = (a: Waiting, b: Waiting, moment: QueueMoment) => number;

/**
 * A sentence for a playing device becomes urgent this long before its latest start, because a slot may become free only
 * 400 ms later. Half of the jobs also take longer than predicted.
 */
export const PLAYING_MARGIN_MS = 800;
/** A late job is delayed by this share of its device's recent CPU time. */
export const YIELDED_SHARE = 0.25;
/**
 * A job that has waited this long yields only to jobs that prevent an audible gap. By default, a waiting job fails
 * after twice this time (`asr.acquire_timeout_ms`).
 */
export const STARVING_MS = 5_000;

/**
 * The job that must start soonest goes first. The exceptions were found with the simulator of
 * docs/adr/0015-scheduling-order.md.
 *
 * Jobs that prevent an audible gap come first, because a stutter is worse than a late text. Jobs that have waited
 * for {@link STARVING_MS} come next. A late job of a busy device is delayed, so that endless talk does not make other
 * devices wait. Guesses come last.
 */
export const latestStartFirst: JobOrder = (a, b, moment) => {
  const urgency = urgencyOf(a, moment);
  const difference = RANK[urgency] - RANK[urgencyOf(b, moment)];
  if (difference !== 0) return difference;
  if (urgency === 'starving' || urgency === 'guess') return a.enqueuedMs - b.enqueuedMs;
  const byStart = a.latestStartMs - b.latestStartMs;
  const share = moment.usedMs(a.deviceId) - moment.usedMs(b.deviceId);
  return urgency === 'late' ? byStart + YIELDED_SHARE * share : byStart || share;
};

/**
 * Why a job is taken. `playing` means that the device would otherwise stutter. `late` and `early` compare the latest
 * start with the present.
 */
export type Urgency = 'playing' | 'starving' | 'late' | 'early' | 'guess';

const RANK: Readonly<Record<Urgency, number>> = { playing: 0, starving: 1, late: 2, early: 3, guess: 4 };

export function urgencyOf(job: Waiting, { nowMs }: Pick<QueueMoment, 'nowMs'>): Urgency {
  if (job.latestStartMs === Number.POSITIVE_INFINITY) return 'guess';
  if (job.playing && job.latestStartMs - nowMs <= PLAYING_MARGIN_MS) return 'playing';
  if (nowMs - job.enqueuedMs >= STARVING_MS) return 'starving';
  return job.latestStartMs <= nowMs ? 'late' : 'early';
}
