import { DAY_MS } from '../../../core/index.js';
import type { UiLanguage } from '../../../core/index.js';
import { chineseNumber } from './chinese-numbers.js';
import { phrases } from './phrases.js';

/** The UTC fields of the returned date show the local time. If the zone is unknown, the server's own zone is used. */
export function wallTime(epochMs: number, timeZone: string): Date {
  const parts = formatter(timeZone).formatToParts(epochMs);
  const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  return new Date(Date.UTC(field('year'), field('month') - 1, field('day'), field('hour'), field('minute')));
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  const options = { dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23', calendar: 'gregory' } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-GB', options);
  }
}

/** "It's 3:05 PM." / "现在是下午三点零五分。" */
export function speakTime(time: Date, language: UiLanguage): string {
  return phrases(language).time(clockWords(time, language));
}

/** "3:05 PM" / "下午三点零五分" */
export function clockWords(time: Date, language: UiLanguage): string {
  const [hours, minutes] = [time.getUTCHours(), time.getUTCMinutes()];
  if (language === 'en') {
    const minute = String(minutes).padStart(2, '0');
    return `${hours % 12 === 0 ? 12 : hours % 12}:${minute} ${hours < 12 ? 'AM' : 'PM'}`;
  }
  const hour = hours > 12 ? hours - 12 : hours;
  const minute = minutes === 0 ? '整' : `${minutes < 10 ? '零' : ''}${chineseNumber(minutes)}分`;
  return `${partOfDay(hours)}${hour === 2 ? '两' : chineseNumber(hour)}点${minute}`;
}

function partOfDay(hour: number): string {
  if (hour < 5) return '凌晨';
  if (hour < 9) return '早上';
  if (hour < 12) return '上午';
  if (hour < 13) return '中午';
  return hour < 18 ? '下午' : '晚上';
}

const DAY_NAMES = {
  en: { [-1]: 'Yesterday was', 0: 'Today is', 1: 'Tomorrow is', 2: 'The day after tomorrow is' },
  zh: { [-1]: '昨天', 0: '今天', 1: '明天', 2: '后天' },
} as const;

/** "Today is Wednesday, November 25th." / "今天是十一月二十五号，星期三。" */
export function speakDate(today: Date, days: -1 | 0 | 1 | 2, language: UiLanguage): string {
  const date = new Date(today.getTime() + days * DAY_MS);
  const day = date.getUTCDate();
  if (language === 'en') {
    const fields = { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' } as const;
    const ending = (Math.floor(day / 10) === 1 ? undefined : ['th', 'st', 'nd', 'rd'][day % 10]) ?? 'th';
    return `${DAY_NAMES.en[days]} ${date.toLocaleDateString('en-US', fields)}${ending}.`;
  }
  const weekday = '日一二三四五六'.charAt(date.getUTCDay());
  const spoken = `${chineseNumber(date.getUTCMonth() + 1)}月${chineseNumber(day)}号`;
  return `${DAY_NAMES.zh[days]}是${spoken}，星期${weekday}。`;
}

export function speakYear(today: Date, language: UiLanguage): string {
  return phrases(language).year(today.getUTCFullYear());
}
