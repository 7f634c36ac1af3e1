/** Facts about a waiting job that an order may use. Times are in terms of `Clock.nowMs`. */
export interface Waiting {
  readonly deviceId: string;
  /**
   * Latest start, `deadline - predicted`. If the job starts later, its result is late. Infinite: an unconfirmed guess,
   * or background work.
   */
  readonly latestStartMs: number;
  /** True: a late result would be audible as a gap. */
  readonly playing: boolean;
  readonly enqueuedMs: number;
  /** Expected time inside the slot. */
  readonly predictedMs: number;
}

/** State at the time at which a slot is free. */
export interface QueueMoment {
  readonly nowMs: number;
  /** Recent CPU time of a device. */
  usedMs(deviceId: string): number;
}

/** Negative: `a` goes before `b`. Zero: order of arrival. It must be a total order of jobs at any fixed time. */
export type JobOrder = (a: Waiting, b: Waiting, moment: QueueMoment) => number;

/**
 * A sentence for a playing device is taken this long before its latest start. The next slot may become free up to one
 * quantum (400 ms) later, and half of the jobs take longer than predicted.
 */
export const PLAYING_MARGIN_MS = 800;
/** A late job is delayed by this share of its device's recent CPU time. */
export const YIELDED_SHARE = 0.25;
/**
 * After this wait, a job goes before all others except those whose delay would be audible as a gap. It is half of the
 * time after which waiting ends with an error (`asr.acquire_timeout_ms`).
 */
export const STARVING_MS = 5_000;

/**
 * The job with the earliest latest start goes first, with three exceptions. The simulator of
 * docs/adr/0015-scheduling-order.md found all of them.
 *
 * Jobs whose delay would be audible as a gap come first, because a stutter is worse than a late text. They cannot block
 * the queue, because replies are finite and begin with jobs in this queue. Jobs that have waited for
 * {@link STARVING_MS} come next, oldest first. A late job is delayed by a share of its device's recent CPU time. A
 * device that talks without end then does not make the others wait. Guesses come last.
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
 * The reason why a job is taken. `playing`: the device would stutter. `starving`: the job has waited for
 * {@link STARVING_MS}. `late` or `early`: its latest start is past or in the future. `guess`: it is an unconfirmed
 * guess.
 */
export type Urgency = 'playing' | 'starving' | 'late' | 'early' | 'guess';

const RANK: Readonly<Record<Urgency, number>> = { playing: 0, starving: 1, late: 2, early: 3, guess: 4 };

export function urgencyOf(job: Waiting, { nowMs }: Pick<QueueMoment, 'nowMs'>): Urgency {
  if (job.latestStartMs === Number.POSITIVE_INFINITY) return 'guess';
  if (job.playing && job.latestStartMs - nowMs <= PLAYING_MARGIN_MS) return 'playing';
  if (nowMs - job.enqueuedMs >= STARVING_MS) return 'starving';
  return job.latestStartMs <= nowMs ? 'late' : 'early';
}
