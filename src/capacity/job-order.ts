/** Facts about a waiting job that an order may use. Times are `Clock.nowMs`. */
export interface Waiting {
  readonly deviceId: string;
  /**
   * Latest start, `deadline - predicted`; if the job starts later, its result is late. Infinite: an unconfirmed guess,
   * or background work.
   */
  readonly latestStartMs: number;
  /** True: a late result would be heard as a gap. */
  readonly playing: boolean;
  readonly enqueuedMs: number;
  /** Expected time inside the slot. */
  readonly predictedMs: number;
}

/** The moment at which a slot is free. */
export interface QueueMoment {
  readonly nowMs: number;
  /** Recent CPU time of a device. */
  usedMs(deviceId: string): number;
}

/**
 * Negative: `a` goes before `b`. Zero: they go in order of arrival. Must be a total order of jobs at any one moment.
 */
export type JobOrder = (a: Waiting, b: Waiting, moment: QueueMoment) => number;

/**
 * A sentence for a playing device is taken this long before its latest start: the next slot may become free up to one
 * quantum (400 ms) later, and half of the jobs take longer than predicted.
 */
export const PLAYING_MARGIN_MS = 800;
/** A late job is put back by this share of the recent CPU time of its device. */
export const YIELDED_SHARE = 0.25;
/**
 * After this wait a job goes before all others, except those whose delay would be heard as a gap. It is half of the
 * time after which waiting ends with an error (`asr.acquire_timeout_ms`).
 */
export const STARVING_MS = 5_000;

/**
 * Earliest latest-start first, with three exceptions, all found with the simulator of
 * docs/adr/0015-scheduling-order.md. First come jobs whose delay would be heard as a gap: a stutter is worse than a
 * late text. Replies are finite and begin with jobs in this queue, so they cannot block it. Then come jobs that have
 * waited for {@link STARVING_MS}, oldest first. Among jobs that are already late, each is put back by a share of its
 * device's recent CPU time, so that a device that talks without end does not make the others wait. Guesses come last.
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
 * The reason why a job is taken: the device would stutter, the job has waited for {@link STARVING_MS}, its latest start
 * is past or still to come, or it is an unconfirmed guess.
 */
export type Urgency = 'playing' | 'starving' | 'late' | 'early' | 'guess';

const RANK: Readonly<Record<Urgency, number>> = { playing: 0, starving: 1, late: 2, early: 3, guess: 4 };

export function urgencyOf(job: Waiting, { nowMs }: Pick<QueueMoment, 'nowMs'>): Urgency {
  if (job.latestStartMs === Number.POSITIVE_INFINITY) return 'guess';
  if (job.playing && job.latestStartMs - nowMs <= PLAYING_MARGIN_MS) return 'playing';
  if (nowMs - job.enqueuedMs >= STARVING_MS) return 'starving';
  return job.latestStartMs <= nowMs ? 'late' : 'early';
}
