import { Cron } from 'croner';
import { sleep, type Clock } from '../../core/index.js';

/** `04:00` every day, or `sun 04:30` once a week. */
export type TimeOfWeek = string;

const TIME = /^(?:(mon|tue|wed|thu|fri|sat|sun) )?([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * The first moment after `afterWallMs` at which the clock shows `time`. `zone`: IANA name; undefined: this machine's
 * zone. If daylight saving skips `time` on that day, the end of the skipped hour is returned.
 */
export function nextTime(time: TimeOfWeek, zone: string | undefined, afterWallMs: number): number {
  const [, day = '*', hour = '', minute = ''] = TIME.exec(time) ?? [];
  // The cron library only computes the date. Our injected clock does the waiting, and runs never overlap.
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
 * Runs `work` whenever it is due, one run after the other, until the signal aborts. Checks every half minute whether it
 * is due, because the configuration, the clock and the zone can change. A machine that slept through the time therefore
 * runs `work` late instead of never.
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

/** A silence of this length is longer than a pause within a conversation. */
const IDLE_MS = 30_000;
const IDLE_LOOK_MS = 5_000;

/**
 * Resolves with true once nobody has talked for half a minute, or with false if that does not happen within `boundMs`.
 */
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
