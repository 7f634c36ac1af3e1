import { DAY_MS, bilingualWords } from '../../../core/index.js';
import { chineseNumber } from '../../../providers/llm/offline/index.js';

/** Any Sunday. */
const SUNDAY_MS = Date.UTC(2026, 10, 22);

/** The names of these days of the week as a list: `Monday and Thursday`, `周一和周四`. */
function dayNames(weekdays: readonly number[], locale: string, weekday: 'long' | 'short'): string {
  const names = new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' });
  return new Intl.ListFormat(locale).format(weekdays.map((day) => names.format(SUNDAY_MS + day * DAY_MS)));
}

const en = {
  nothing: 'There is nothing like that.',
  toldOnWaking: ' If I sleep then, I tell you when you wake me.',
  everyWeek: (weekdays: readonly number[]) => `every ${dayNames(weekdays, 'en', 'long')}`,
  everyHours: (hours: number, next: string) => `every ${hours === 1 ? 'hour' : `${hours} hours`}, next at ${next}`,
  cancelled: (listed: readonly string[]) => `Cancelled: ${listed.join(', ')}.`,
};

const zh: typeof en = {
  nothing: '没有这样的计时器或提醒。',
  toldOnWaking: '如果那时我休眠了，会在你唤醒我时告诉你。',
  everyWeek: (weekdays) => `每${dayNames(weekdays, 'zh-CN', 'short')}`,
  // Contains no comma, because the sentence about a cancellation drops everything after a comma.
  everyHours: (hours, next) => `每${hours === 1 ? '' : hours === 2 ? '两' : chineseNumber(hours)}小时一次、下次${next}`,
  cancelled: (listed) => `好的，取消了${listed.join('、')}。`,
};

export const reminderWords = bilingualWords({ en, zh });
