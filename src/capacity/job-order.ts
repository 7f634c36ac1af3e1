/**
 * The properties of a waiting job from which its place in the queue is computed. Times are on the scale of
 * `Clock.nowMs`.
 */
export interface Waiting {
  readonly deviceId: string;
  /**
   * `deadline - predicted`: if the job starts later than this, its result is late. Infinite: an unconfirmed guess, or
   * background work.
   */
  readonly latestStartMs: number;
  /** True: a late result would be audible as a gap. */
  readonly playing: boolean;
  readonly enqueuedMs: number;
  /** How long the job is expected to occupy its slot. */
  readonly predictedMs: number;
}

/** State of the pool when a slot is free. */
export interface QueueMoment {
  readonly nowMs: number;
  /** Recent CPU time of a device. */
  usedMs(deviceId: string): number;
}

/**
 * Negative: `a` goes before `b`. Zero: the job that arrived first goes first. At any given time, the order must be
 * total.
 */
export type JobOrder = (a: Waiting, b: Waiting, moment: QueueMoment) => number;

/**
 * A sentence for a playing device is urgent from this long before its latest start. The next slot may become free up to
 * one quantum (400 ms) later, and half of the jobs take longer than predicted.
 */
export const PLAYING_MARGIN_MS = 800;
/** A late job is delayed by this share of its device's recent CPU time. */
export const YIELDED_SHARE = 0.25;
/**
 * After this wait, a job goes before all others except those whose delay would be audible as a gap. The value is half
 * of `asr.acquire_timeout_ms`, after which a waiting job ends with an error.
 */
export const STARVING_MS = 5_000;

/**
 * The job with the earliest latest start goes first, with three exceptions, all found with the simulator of
 * docs/adr/0015-scheduling-order.md.
 *
 * Jobs whose delay would be audible as a gap come first, because a stutter is worse than a late text. They cannot block
 * the queue, because a reply has an end, and its first jobs wait in this queue like all others. Jobs that have waited
 * for {@link STARVING_MS} come next, oldest first. A late job is delayed by a share of its device's recent CPU time, so
 * that a device that talks without end does not make the others wait. Guesses come last.
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
 * The reason why a job is taken. `playing`: otherwise the device would stutter. `starving`: the job has waited for
 * {@link STARVING_MS}. `late` or `early`: its latest start is past or in the future. `guess`: the job is an unconfirmed
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
