import { DAY_MS, MINUTE_MS } from '../../../core/index.js';
import { wallTime } from '../../../providers/llm/offline/index.js';
import { nextTime } from '../../notices/index.js';
import { toolFailed } from '../tool-errors.js';
import { momentOf, patternOf, type Recurrence, type Repeat, WEEKDAYS } from './when.js';

/** The model may answer late, so a time may be a little in the past. An earlier time is a mistake. */
const PAST_MS = MINUTE_MS;
const LONGEST_AHEAD_MS = 5 * 366 * DAY_MS;

export interface WantedTime {
  readonly at?: string | undefined;
  readonly in_minutes?: number | undefined;
  readonly repeat?: Repeat | 'none' | undefined;
  readonly every_hours?: number | undefined;
  readonly weekdays?: readonly (typeof WEEKDAYS)[number][] | undefined;
}

/** `repeats` is a cron pattern. Throws `tool.failed` with the reason. */
export function firstTime(
  wanted: WantedTime,
  timeZone: string,
  nowMs: number,
): { readonly dueMs: number; readonly repeats: string | undefined } {
  const often = wantedRecurrence(wanted);
  const beginMs = beginOf(wanted, often, timeZone, nowMs);
  const repeats = often && patternFrom(often, wanted, beginMs, timeZone);
  if (often && repeats === undefined) throw toolFailed((texts) => texts.reminders.repeatNeedsTime);
  if (!often && beginMs < nowMs - PAST_MS) throw toolFailed((texts) => texts.reminders.past);
  if (beginMs - nowMs > LONGEST_AHEAD_MS) throw toolFailed((texts) => texts.reminders.tooFar);
  const firstMs = repeats === undefined ? undefined : nextTime({ repeats, timeZone }, Math.max(beginMs - 1000, nowMs));
  return { dueMs: firstMs ?? beginMs, repeats };
}

function wantedRecurrence({ repeat = 'none', every_hours: hours, weekdays = [] }: WantedTime): Recurrence | undefined {
  if (weekdays.length > 0) return { repeat: 'weekly', weekdays: weekdays.map((day) => WEEKDAYS.indexOf(day)) };
  if (repeat === 'hourly' || (repeat === 'none' && hours !== undefined)) {
    if (24 % (hours ?? 1) !== 0) throw toolFailed((texts) => texts.reminders.hours);
    return { repeat: 'hourly', everyHours: hours };
  }
  return repeat === 'none' ? undefined : { repeat };
}

function beginOf(
  { at = '', in_minutes: minutes }: WantedTime,
  often: Recurrence | undefined,
  timeZone: string,
  nowMs: number,
): number {
  const beginMs =
    at !== ''
      ? momentOf(at, timeZone)
      : minutes !== undefined || often?.repeat === 'hourly'
        ? nowMs + (minutes ?? 0) * MINUTE_MS
        : undefined;
  if (beginMs === undefined) throw toolFailed((texts) => texts.reminders.noTime);
  return often?.repeat === 'hourly' ? Math.floor(beginMs / MINUTE_MS) * MINUTE_MS : beginMs;
}

/** Without `at`, an hourly repetition starts at `beginMs`. The other repetitions need `at`. */
function patternFrom(
  often: Recurrence,
  { at = '' }: WantedTime,
  beginMs: number,
  timeZone: string,
): string | undefined {
  const local = at === '' && often.repeat === 'hourly' ? wallTime(beginMs, timeZone).toISOString() : at;
  return patternOf(often, local);
}
