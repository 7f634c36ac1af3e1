/** What an order may know of a waiting job. Times are `Clock.nowMs`. */
export interface Waiting {
  readonly deviceId: string;
  /** `deadline - predicted`: started later than this, the job is late. Infinite: a guess that is not confirmed. */
  readonly latestStartMs: number;
  /** To be late is heard as a gap. */
  readonly playing: boolean;
  readonly enqueuedMs: number;
  /** Expected time inside the slot. */
  readonly predictedMs: number;
}

/** The moment at which a slot is free. */
export interface QueueMoment {
  readonly nowMs: number;
  /** CPU time a device had of late. */
  usedMs(deviceId: string): number;
}

/** Negative: `a` before `b`. Zero: in the order in which they came. Must be a total order of jobs at any one moment. */
export type JobOrder = (a: Waiting, b: Waiting, moment: QueueMoment) => number;

/**
 * A sentence for a device that plays is taken so long before its latest start: the slot that is free next may be busy with
 * one quantum (400 ms) until after it, and half of the jobs take longer than predicted.
 */
export const PLAYING_MARGIN_MS = 800;
/** How much of the CPU time that a device had of late its late jobs stand back by. */
export const YIELDED_SHARE = 0.25;
/** Nobody waits for longer because of what came after. Half of what ends a wait with an error (`asr.acquire_timeout_ms`). */
export const STARVING_MS = 5_000;

/**
 * Earliest latest-start first, with three exceptions, each of which the simulator of docs/adr/0015-scheduling-order.md asked for.
 * First those that would be heard as a gap: a text that is a second later is bad, a stutter is worse. Replies are finite and begin with
 * jobs that wait in this queue, so they cannot keep it from going on. Then whoever has waited for {@link STARVING_MS}, in the order of
 * coming. And among jobs that are late already, where all deadlines are missed, each stands back by a part of the CPU time that
 * its device had, so that one that talks without end does not make the others wait. Guesses come last of all.
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
 * Why a job is taken when it is: the device would be heard to stutter, it has waited for {@link STARVING_MS}, its latest start is over or is still to
 * come, or nobody knows yet whether it is wanted.
 */
export type Urgency = 'playing' | 'starving' | 'late' | 'early' | 'guess';

const RANK: Readonly<Record<Urgency, number>> = { playing: 0, starving: 1, late: 2, early: 3, guess: 4 };

export function urgencyOf(job: Waiting, { nowMs }: Pick<QueueMoment, 'nowMs'>): Urgency {
  if (job.latestStartMs === Number.POSITIVE_INFINITY) return 'guess';
  if (job.playing && job.latestStartMs - nowMs <= PLAYING_MARGIN_MS) return 'playing';
  if (nowMs - job.enqueuedMs >= STARVING_MS) return 'starving';
  return job.latestStartMs <= nowMs ? 'late' : 'early';
}
