import type { UiLanguage } from '../../../core/index.js';
import { chineseDigits, chineseNumber } from './chinese-numbers.js';

const DAY_MS = 86_400_000;
const WEEKDAYS_ZH = ['日', '一', '二', '三', '四', '五', '六'];
const WEEKDAYS_EN = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS_EN = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A moment as the clock on a wall in some time zone shows it. */
export interface WallTime {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 0..23 */
  readonly hour: number;
  readonly minute: number;
}

/** `epochMs` on a wall in `timeZone` (IANA); an unknown zone is taken as the server's own. */
export function wallTime(epochMs: number, timeZone: string): WallTime {
  const parts = new Map(
    formatter(timeZone)
      .formatToParts(epochMs)
      .map((part) => [part.type, part.value]),
  );
  const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const [year, month, day] = [field('year'), field('month'), field('day')];
  return {
    year,
    month,
    day,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
    hour: field('hour'),
    minute: field('minute'),
  };
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  const fields = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
    calendar: 'gregory',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...fields, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-US', fields);
  }
}

/** The same calendar, some days later or earlier; the time of day stays. */
export function addDays(time: WallTime, days: number): WallTime {
  const moved = new Date(Date.UTC(time.year, time.month - 1, time.day) + days * DAY_MS);
  return {
    ...time,
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
    weekday: moved.getUTCDay(),
  };
}

/** "It's 3:05 PM." / "现在是下午三点零五分。" */
export function speakTime(time: WallTime, language: UiLanguage): string {
  if (language === 'en') {
    const hour = time.hour % 12 === 0 ? 12 : time.hour % 12;
    return `It's ${hour}:${String(time.minute).padStart(2, '0')} ${time.hour < 12 ? 'AM' : 'PM'}.`;
  }
  const hour = time.hour > 12 ? time.hour - 12 : time.hour;
  const minute = time.minute === 0 ? '整' : `${time.minute < 10 ? '零' : ''}${chineseNumber(time.minute)}分`;
  return `现在是${partOfDay(time.hour)}${hour === 2 ? '两' : chineseNumber(hour)}点${minute}。`;
}

function partOfDay(hour: number): string {
  if (hour < 5) return '凌晨';
  if (hour < 9) return '早上';
  if (hour < 12) return '上午';
  if (hour < 13) return '中午';
  return hour < 18 ? '下午' : '晚上';
}

/** "Today is Wednesday, November 25th." / "今天是十一月二十五号，星期三。" `days`: 0 today, 1 tomorrow ... */
export function speakDate(today: WallTime, days: number, language: UiLanguage): string {
  const date = addDays(today, days);
  if (language === 'en')
    return `${nameEn(days)} ${WEEKDAYS_EN[date.weekday]}, ${MONTHS_EN[date.month - 1]} ${ordinal(date.day)}.`;
  return `${nameZh(days)}是${chineseNumber(date.month)}月${chineseNumber(date.day)}号，星期${WEEKDAYS_ZH[date.weekday]}。`;
}

/** "It's 2026." */
export function speakYear(today: WallTime, language: UiLanguage): string {
  return language === 'en' ? `It's ${today.year}.` : `今年是${chineseDigits(today.year)}年。`;
}

function nameEn(days: number): string {
  if (days === -1) return 'Yesterday was';
  if (days === 1) return 'Tomorrow is';
  return days === 2 ? 'The day after tomorrow is' : 'Today is';
}

function nameZh(days: number): string {
  if (days === -1) return '昨天';
  if (days === 1) return '明天';
  return days === 2 ? '后天' : '今天';
}

function ordinal(day: number): string {
  const suffix =
    day % 10 === 1 && day !== 11
      ? 'st'
      : day % 10 === 2 && day !== 12
        ? 'nd'
        : day % 10 === 3 && day !== 13
          ? 'rd'
          : 'th';
  return `${day}${suffix}`;
}
