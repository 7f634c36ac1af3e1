import { Cron } from 'croner';
import { startOfDay } from '../../../core/index.js';

/** A local time such as `2026-11-28T07:30`, with or without seconds. */
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}:\d{2})(?::\d{2})?$/;

export type Repeat = 'hourly' | 'daily' | 'weekdays' | 'weekends' | 'weekly' | 'monthly' | 'yearly';

export interface Recurrence {
  readonly repeat: Repeat;
  /** Used only for `hourly`. The number of hours between two times, which must be a divisor of 24. The default is 1. */
  readonly everyHours?: number | undefined;
  /** Used only for `weekly`. 0 is Sunday. The default is the day of the first time. */
  readonly weekdays?: readonly number[] | undefined;
}

/** In the order of `getUTCDay`. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/**
 * Returns undefined if the text is no time, or if its day does not exist. A time that the clock skips, e.g. at the
 * change to summer time, moves on by the skipped time.
 */
export function momentOf(local: string, timeZone: string): number | undefined {
  const [, year, month, day, time] = LOCAL.exec(local.trim()) ?? [];
  // The time library would move such a day on to one that exists.
  if (startOfDay(Number(year), Number(month), Number(day)) === undefined) return undefined;
  try {
    const at = new Cron(`${year}-${month}-${day}T${time}:00`, { timezone: timeZone, paused: true });
    return at.nextRun(new Date(0))?.getTime();
  } catch {
    return undefined;
  }
}

/**
 * Returns a cron pattern, for example `30 7 * * 1-5`, or undefined if `local` is no time. `local` is the first time.
 */
export function patternOf({ repeat, everyHours = 1, weekdays }: Recurrence, local: string): string | undefined {
  const [, year, month, day, hour, minute] =
    /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})/.exec(local.trim())?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || hour === undefined) return undefined;
  if (repeat === 'hourly') return `${minute} ${everyHours === 1 ? '*' : `${hour % everyHours}-23/${everyHours}`} * * *`;
  const first = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const days: Readonly<Record<Exclude<Repeat, 'hourly'>, string>> = {
    daily: '* * *',
    weekdays: '* * 1-5',
    weekends: '* * 0,6',
    weekly: `* * ${daysField(weekdays ?? [first])}`,
    // `L` is the last day, so that shorter months are not left out.
    monthly: `${day === 31 ? 'L' : day} * *`,
    yearly: `${day} ${month} *`,
  };
  return `${minute} ${hour} ${days[repeat]}`;
}

/** Writes all days as `*` and Monday to Friday as `1-5`, like the repetitions `daily` and `weekdays`. */
function daysField(weekdays: readonly number[]): string {
  const days = [...new Set(weekdays)].sort((a, b) => a - b).join(',');
  return { '0,1,2,3,4,5,6': '*', '1,2,3,4,5': '1-5' }[days] ?? days;
}

export function recurrenceOf(pattern: string): Recurrence {
  const [, hour = '', day, month, weekday = '*'] = pattern.split(' ');
  if (month !== '*') return { repeat: 'yearly' };
  if (day !== '*') return { repeat: 'monthly' };
  if (hour === '*' || hour.includes('/')) return { repeat: 'hourly', everyHours: Number(hour.split('/')[1] ?? 1) };
  if (weekday === '1-5') return { repeat: 'weekdays' };
  if (weekday === '0,6') return { repeat: 'weekends' };
  return weekday === '*' ? { repeat: 'daily' } : { repeat: 'weekly', weekdays: weekday.split(',').map(Number) };
}
