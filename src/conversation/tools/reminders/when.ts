import { Cron } from 'croner';

/** Local time as a wall clock shows it: `2026-11-28T07:30`, with or without seconds. */
const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2})?$/;

export type Repeat = 'daily' | 'weekdays' | 'weekends' | 'weekly' | 'monthly' | 'yearly';

/**
 * The moment at which a clock in `timeZone` shows this time; undefined: there is no such time, or the text is no time.
 */
export function momentOf(local: string, timeZone: string): number | undefined {
  const found = LOCAL.exec(local.trim());
  if (!found) return undefined;
  try {
    const at = new Cron(`${found[1]}T${found[2]}:00`, { timezone: timeZone, paused: true });
    return at.nextRun(new Date(0))?.getTime();
  } catch {
    return undefined;
  }
}

/** The cron pattern of a repetition: `30 7 * * 1-5`. */
export function patternOf(repeat: Repeat, local: string): string | undefined {
  const [, year, month, day, hour, minute] =
    /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})/.exec(local.trim())?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const days: Readonly<Record<Repeat, string>> = {
    daily: '* * *',
    weekdays: '* * 1-5',
    weekends: '* * 0,6',
    weekly: `* * ${weekday}`,
    monthly: `${day} * *`,
    yearly: `${day} ${month} *`,
  };
  return `${minute} ${hour} ${days[repeat]}`;
}

/** The repetition of a cron pattern. */
export function repeatOf(pattern: string): Repeat {
  const [, , day, month, weekday] = pattern.split(' ');
  if (month !== '*') return 'yearly';
  if (day !== '*') return 'monthly';
  if (weekday === '1-5') return 'weekdays';
  if (weekday === '0,6') return 'weekends';
  return weekday === '*' ? 'daily' : 'weekly';
}
