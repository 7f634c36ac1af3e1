import { DAY_MS } from '../../../core/index.js';

/** The key is the number of days after Easter. The calendar library has none of these feasts. */
const FEASTS: Readonly<Record<number, string>> = {
  [-2]: '耶稣受难日',
  0: '复活节',
  1: '复活节星期一',
  49: '圣灵降临节',
};

/**
 * Easter Sunday in the Gregorian calendar, in ms since 1970 (UTC). The anonymous algorithm and its variable names come
 * from J. Meeus, "Astronomical Algorithms" (1991), chapter 8.
 */
export function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1);
}

/** `day` is in ms since 1970 (UTC). */
export function easterFeast(day: number): string | undefined {
  return FEASTS[Math.round((day - easterSunday(new Date(day).getUTCFullYear())) / DAY_MS)];
}
