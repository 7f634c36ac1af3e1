import { DAY_MS } from '../../../core/index.js';
import type { UiLanguage } from '../../../core/index.js';
import type { NoticeRecord } from '../../../platform/store/index.js';
import { chineseNumber, clockWords, speakDate, wallTime } from '../../../providers/llm/offline/index.js';
import { duration } from '../../notices/index.js';
import { recurrenceOf, type Repeat } from './when.js';
import { reminderWords } from './words.js';

type Named = Exclude<Repeat, 'hourly' | 'weekly'>;
const REPEATS: Readonly<Record<UiLanguage, Readonly<Record<Named, string>>>> = {
  en: {
    daily: 'every day',
    weekdays: 'on weekdays',
    weekends: 'at weekends',
    monthly: 'every month',
    yearly: 'every year',
  },
  zh: {
    daily: '每天',
    weekdays: '每个工作日',
    weekends: '每个周末',
    monthly: '每月',
    yearly: '每年',
  },
};

/** The time in words: `tomorrow at 7:00 AM`, `明天早上七点`. */
export function whenWords(notice: NoticeRecord, language: UiLanguage, nowMs: number): string {
  const { dueMs, timeZone, repeats } = notice;
  const at = wallTime(dueMs, timeZone);
  const clock = clockWords(at, language);
  if (repeats !== undefined) {
    const { repeat, everyHours = 1, weekdays = [] } = recurrenceOf(repeats);
    if (repeat === 'hourly') return reminderWords.everyHours(everyHours, clock)[language];
    const often = repeat === 'weekly' ? reminderWords.everyWeek(weekdays)[language] : REPEATS[language][repeat];
    return language === 'zh' ? `${often}${clock}` : `${often} at ${clock}`;
  }
  const today = wallTime(nowMs, timeZone);
  const days = Math.floor(at.getTime() / DAY_MS) - Math.floor(today.getTime() / DAY_MS);
  return language === 'zh' ? `${chineseDay(at, days)}${clock}` : `${englishDay(at, days)} at ${clock}`;
}

function chineseDay(at: Date, days: number): string {
  const named = ['今天', '明天', '后天'][days];
  return named ?? `${chineseNumber(at.getUTCMonth() + 1)}月${chineseNumber(at.getUTCDate())}号`;
}

function englishDay(at: Date, days: number): string {
  const named = ['today', 'tomorrow'][days];
  return named ?? `on ${speakDate(at, 0, 'en').replace(/^Today is |\.$/g, '')}`;
}

/** An entry of a spoken list: `the pasta timer, 3 minutes left`. */
export function noticeWords(notice: NoticeRecord, language: UiLanguage, nowMs: number): string {
  const { kind, text, dueMs, lengthMs } = notice;
  const left = duration(Math.max(0, dueMs - nowMs), language);
  if (language === 'zh') {
    const named = text === undefined ? '' : `“${text}”`;
    if (kind === 'timer')
      return `${named || (lengthMs === undefined ? '' : duration(lengthMs, 'zh'))}计时器，还剩${left}`;
    return `${whenWords(notice, 'zh', nowMs)}的${kind === 'alarm' ? '闹钟' : '提醒'}${named}`;
  }
  if (kind === 'timer') {
    const name = text ?? (lengthMs === undefined ? '' : duration(lengthMs, 'en'));
    return `the ${name} timer, ${left} left`;
  }
  const named = text === undefined ? '' : ` "${text}"`;
  return `${kind === 'alarm' ? 'the alarm' : 'the reminder'}${named} ${whenWords(notice, 'en', nowMs)}`;
}

/** The sentence that confirms a new timer, alarm or reminder. */
export function setWords(notice: NoticeRecord, language: UiLanguage, nowMs: number): string {
  const { kind, text, lengthMs = 0 } = notice;
  const when = whenWords(notice, language, nowMs);
  if (language === 'zh') {
    if (kind === 'timer') return `好的，${text ?? ''}计时${duration(lengthMs, 'zh')}，开始。`;
    return kind === 'alarm' ? `好的，${when}的闹钟设好了。` : `好的，${when}提醒你${text ?? ''}。`;
  }
  if (kind === 'timer') return `${duration(lengthMs, 'en')}${text === undefined ? '' : ` for ${text}`}, starting now.`;
  return kind === 'alarm' ? `The alarm is set: ${when}.` : `I will remind you ${when}: ${text ?? ''}.`;
}
