import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/index.js';
import type { CliContext } from '../context.js';

const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', 1000],
] as const;

/** For example `3 minutes ago`, in the language of the command line. */
export function ago(atMs: number, { clock, language }: Pick<CliContext, 'clock' | 'language'>): string {
  const passedMs = Math.max(0, clock.wallMs() - atMs);
  const [unit, ms] = UNITS.find(([, length]) => passedMs >= length) ?? ['second', 1000];
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-Math.floor(passedMs / ms), unit);
}

/** In this machine's time zone. */
export function moment(atMs: number, { language }: Pick<CliContext, 'language'>): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(atMs);
}
