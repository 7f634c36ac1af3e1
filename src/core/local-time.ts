import type { UiLanguage } from './language.js';

const LOCALES: Readonly<Record<UiLanguage, string>> = { zh: 'zh-CN', en: 'en-US' };

/**
 * Date, day of the week and time as people write them; undefined for a time zone that does not exist. `timeZone`: an
 * IANA name; undefined: the server's own.
 */
export function localTime(epochMs: number, timeZone: string | undefined, language: UiLanguage): string | undefined {
  try {
    const format = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'full', timeStyle: 'short', timeZone });
    return format.format(epochMs);
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
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone }).format(wallMs);
  } catch {
    return new Intl.DateTimeFormat('en-CA', options).format(wallMs);
  }
}

/** `20261125_101500`, UTC: for names of files. */
export function stampOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}
