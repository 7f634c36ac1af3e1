import { DAY_MS, bilingualWords } from '../../../core/index.js';
import { chineseNumber } from '../../../providers/llm/offline/index.js';

/** Any Sunday. */
const SUNDAY_MS = Date.UTC(2026, 10, 22);

function dayNames(weekdays: readonly number[], locale: string, weekday: 'long' | 'short'): string {
  const names = new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' });
  return new Intl.ListFormat(locale).format(weekdays.map((day) => names.format(SUNDAY_MS + day * DAY_MS)));
}

const en = {
  noneSet: {
    any: 'No timers, alarms or reminders are set.',
    timer: 'No timer is set.',
    alarm: 'No alarm is set.',
    reminder: 'No reminder is set.',
  },
  /** `listed` may contain fewer reminders than `count`. */
  set: (listed: readonly string[], count: number) =>
    count === 1
      ? `There is one: ${listed.join()}.`
      : `There are ${count}: ${listed.join('; ')}` +
        `${count > listed.length ? `; and ${count - listed.length} more` : ''}.`,
  repeats: {
    daily: 'every day',
    weekdays: 'on weekdays',
    weekends: 'at weekends',
    monthly: 'every month',
    yearly: 'every year',
  },
  at: (day: string, clock: string) => `${day} at ${clock}`,
  timer: (text: string | undefined, length: string, left: string) => `the ${text ?? length} timer, ${left} left`,
  alarm: (text: string | undefined, when: string) => `the alarm${text === undefined ? '' : ` "${text}"`} ${when}`,
  reminder: (text: string | undefined, when: string) => `the reminder${text === undefined ? '' : ` "${text}"`} ${when}`,
  timerSet: (text: string | undefined, length: string) =>
    `${length}${text === undefined ? '' : ` for ${text}`}, starting now.`,
  alarmSet: (when: string) => `The alarm is set: ${when}.`,
  reminderSet: (text: string, when: string) => `I will remind you ${when}: ${text}.`,
  nothing: 'There is nothing like that.',
  toldOnWaking: ' If I sleep then, I tell you when you wake me.',
  everyWeek: (weekdays: readonly number[]) => `every ${dayNames(weekdays, 'en', 'long')}`,
  everyHours: (hours: number, next: string) => `every ${hours === 1 ? 'hour' : `${hours} hours`}, next at ${next}`,
  cancelled: (listed: readonly string[]) => `Cancelled: ${listed.join(', ')}.`,
};

const zh: typeof en = {
  noneSet: {
    any: '现在没有计时器、闹钟或提醒。',
    timer: '现在没有计时器。',
    alarm: '现在没有闹钟。',
    reminder: '现在没有提醒。',
  },
  set: (listed, count) =>
    count === 1
      ? `有一个：${listed.join()}。`
      : `一共${count}个：${listed.join('；')}${listed.length < count ? `；还有${count - listed.length}个` : ''}。`,
  repeats: {
    daily: '每天',
    weekdays: '每个工作日',
    weekends: '每个周末',
    monthly: '每月',
    yearly: '每年',
  },
  at: (day, clock) => `${day}${clock}`,
  timer: (text, length, left) => `${text === undefined ? length : `“${text}”`}计时器，还剩${left}`,
  alarm: (text, when) => `${when}的闹钟${text === undefined ? '' : `“${text}”`}`,
  reminder: (text, when) => `${when}的提醒${text === undefined ? '' : `“${text}”`}`,
  timerSet: (text, length) => `好的，${text ?? ''}计时${length}，开始。`,
  alarmSet: (when) => `好的，${when}的闹钟设好了。`,
  reminderSet: (text, when) => `好的，${when}提醒你${text}。`,
  nothing: '没有这样的计时器或提醒。',
  toldOnWaking: '如果那时我休眠了，会在你唤醒我时告诉你。',
  everyWeek: (weekdays) => `每${dayNames(weekdays, 'zh-CN', 'short')}`,
  // Contains no comma, because the sentence about a cancellation drops everything after a comma.
  everyHours: (hours, next) => `每${hours === 1 ? '' : hours === 2 ? '两' : chineseNumber(hours)}小时一次、下次${next}`,
  cancelled: (listed) => `好的，取消了${listed.join('、')}。`,
};

export const reminderWords = bilingualWords({ en, zh });
