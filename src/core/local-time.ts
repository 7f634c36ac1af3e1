import { HOUR_MS } from './clock.js';
import type { UiLanguage } from './language.js';

const LOCALES: Readonly<Record<UiLanguage, string>> = { zh: 'zh-CN', en: 'en-US' };

/** More than a household or a school needs for its time zones. Each format takes some ten kilobytes. */
const MOST_FORMATS = 32;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Keeps formats, because one turn needs the day many times. Making a format takes 60 µs, and using it 6 µs. */
function formatOf(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${options.dateStyle ?? ''} ${options.timeZone ?? ''}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  const [oldest] = formats.keys();
  if (oldest !== undefined && formats.size >= MOST_FORMATS) formats.delete(oldest);
  formats.set(key, made);
  return made;
}

/**
 * Date, day of the week and time as people write them. `timeZone` is an IANA name, or undefined for the server's zone.
 * Returns undefined for an unknown time zone.
 */
export function localTime(epochMs: number, timeZone: string | undefined, language: UiLanguage): string | undefined {
  try {
    return formatOf(LOCALES[language], { dateStyle: 'full', timeStyle: 'short', timeZone }).format(epochMs);
  } catch {
    return undefined;
  }
}

/** The day as `2026-11-28`. Uses the server's zone if `timeZone` is undefined or unknown. */
export function dayIn(wallMs: number, timeZone: string | undefined): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return formatOf('en-CA', { ...options, timeZone }).format(wallMs);
  } catch {
    return formatOf('en-CA', options).format(wallMs);
  }
}

/** Time since the day in {@link dayIn} began, to the second. It is searched, because days may last 23 or 25 hours. */
export function sinceMidnightMs(wallMs: number, timeZone: string | undefined): number {
  const today = dayIn(wallMs, timeZone);
  let sinceMs = 0;
  let beforeMs = 26 * HOUR_MS;
  while (beforeMs - sinceMs > 1000) {
    const middleMs = (sinceMs + beforeMs) / 2;
    if (dayIn(wallMs - middleMs, timeZone) === today) sinceMs = middleMs;
    else beforeMs = middleMs;
  }
  return sinceMs;
}

/** The start of a day in UTC, in milliseconds. Undefined for a day that does not exist, e.g. 30 February. */
export function startOfDay(year: number, month: number, day: number): number | undefined {
  const start = Date.UTC(year, month - 1, day);
  const found = new Date(start);
  const same = found.getUTCFullYear() === year && found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
  return same ? start : undefined;
}

/** UTC time for names of files, for example `20261125_101500`. */
export function stampOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}
