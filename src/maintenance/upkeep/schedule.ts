import { Cron } from 'croner';
import { sleep, type Clock } from '../../core/index.js';

/** `04:00` every day, or `sun 04:30` once a week. */
export type TimeOfWeek = string;

const TIME = /^(?:(mon|tue|wed|thu|fri|sat|sun) )?([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * `zone` is an IANA name. Undefined means this machine's zone. If daylight saving skips `time` on that day, returns the
 * end of the skipped hour.
 */
export function nextTime(time: TimeOfWeek, zone: string | undefined, afterWallMs: number): number {
  const [, day = '*', hour = '', minute = ''] = TIME.exec(time) ?? [];
  // The cron library only computes the date. `onSchedule` does the waiting, with the injected clock.
  const cron = new Cron(`${Number(minute)} ${Number(hour)} * * ${day}`, {
    paused: true,
    ...(zone !== undefined && { timezone: zone }),
  });
  const next = cron.nextRun(new Date(afterWallMs));
  cron.stop();
  return next?.getTime() ?? Infinity;
}

const LOOK_EVERY_MS = 30_000;

/**
 * Runs `work` whenever it is due, until the signal aborts. The due time is read again every half minute, because the
 * configuration, the clock and the zone can change. A machine that slept through the time runs `work` late.
 */
export async function onSchedule(
  clock: Clock,
  signal: AbortSignal,
  dueWallMs: () => number | undefined,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    await sleep(clock, LOOK_EVERY_MS, signal);
    const due = dueWallMs();
    if (due !== undefined && clock.wallMs() >= due) await work();
  }
}

/** Nobody pauses this long within a conversation. */
const IDLE_MS = 30_000;
const IDLE_LOOK_MS = 5_000;

/** Resolves with true once nobody has talked for half a minute, or with false if `boundMs` passes first. */
export async function untilIdle(
  clock: Clock,
  isIdle: () => boolean,
  boundMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadlineMs = clock.nowMs() + boundMs;
  let sinceMs: number | undefined;
  for (;;) {
    const nowMs = clock.nowMs();
    sinceMs = isIdle() ? (sinceMs ?? nowMs) : undefined;
    if (sinceMs !== undefined && nowMs - sinceMs >= IDLE_MS) return true;
    if (nowMs >= deadlineMs) return false;
    await sleep(clock, IDLE_LOOK_MS, signal);
  }
}
