import type { UiLanguage } from './language.js';

const LOCALES: Readonly<Record<UiLanguage, string>> = { zh: 'zh-CN', en: 'en-US' };

/** More than the time zones of a household or a school; each takes some ten kilobytes. */
const MOST_FORMATS = 32;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Keeps formats: making one takes ten times as long as using it (60 and 6 µs), and a turn asks for the day many times.
 */
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
 * Date, day of the week and time as people write them; undefined for a time zone that does not exist. `timeZone`: an
 * IANA name; undefined: the server's own.
 */
export function localTime(epochMs: number, timeZone: string | undefined, language: UiLanguage): string | undefined {
  try {
    return formatOf(LOCALES[language], { dateStyle: 'full', timeStyle: 'short', timeZone }).format(epochMs);
  } catch {
    return undefined;
  }
}

/**
 * The day as `2026-11-28`. `timeZone`: an IANA name; undefined, or one that does not exist: the server's own.
 */
export function dayIn(wallMs: number, timeZone: string | undefined): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return formatOf('en-CA', { ...options, timeZone }).format(wallMs);
  } catch {
    return formatOf('en-CA', options).format(wallMs);
  }
}

/** `20261125_101500`, UTC: for names of files. */
export function stampOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}
