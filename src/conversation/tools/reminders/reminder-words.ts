import { DAY_MS } from '../../../core/index.js';
import type { UiLanguage } from '../../../core/index.js';
import type { NoticeRecord } from '../../../platform/store/index.js';
import { chineseNumber, clockWords, speakDate, wallTime } from '../../../providers/llm/offline/index.js';
import { duration } from '../../notices/index.js';
import { recurrenceOf } from './when.js';
import { reminderWords } from './words.js';

/** For example `tomorrow at 7:00 AM` or `明天早上七点`. */
export function whenWords(notice: NoticeRecord, language: UiLanguage, nowMs: number): string {
  const { dueMs, timeZone, repeats } = notice;
  const at = wallTime(dueMs, timeZone);
  const clock = clockWords(at, language);
  if (repeats !== undefined) {
    const { repeat, everyHours = 1, weekdays = [] } = recurrenceOf(repeats);
    if (repeat === 'hourly') return reminderWords.everyHours(everyHours, clock)[language];
    const often =
      repeat === 'weekly' ? reminderWords.everyWeek(weekdays)[language] : reminderWords.repeats[repeat][language];
    return reminderWords.at(often, clock)[language];
  }
  const today = wallTime(nowMs, timeZone);
  const days = Math.floor(at.getTime() / DAY_MS) - Math.floor(today.getTime() / DAY_MS);
  const day = language === 'zh' ? chineseDay(at, days) : englishDay(at, days);
  return reminderWords.at(day, clock)[language];
}

function chineseDay(at: Date, days: number): string {
  const named = ['今天', '明天', '后天'][days];
  return named ?? `${chineseNumber(at.getUTCMonth() + 1)}月${chineseNumber(at.getUTCDate())}号`;
}

function englishDay(at: Date, days: number): string {
  const named = ['today', 'tomorrow'][days];
  return named ?? `on ${speakDate(at, 0, 'en').replace(/^Today is |\.$/g, '')}`;
}

/** For example `the pasta timer, 3 minutes left`. */
export function noticeWords(notice: NoticeRecord, language: UiLanguage, nowMs: number): string {
  const { kind, text, dueMs, lengthMs } = notice;
  if (kind === 'timer') {
    const length = lengthMs === undefined ? '' : duration(lengthMs, language);
    return reminderWords.timer(text, length, duration(Math.max(0, dueMs - nowMs), language))[language];
  }
  const named = kind === 'alarm' ? reminderWords.alarm : reminderWords.reminder;
  return named(text, whenWords(notice, language, nowMs))[language];
}

export function setWords(notice: NoticeRecord, language: UiLanguage, nowMs: number): string {
  const { kind, text, lengthMs = 0 } = notice;
  if (kind === 'timer') return reminderWords.timerSet(text, duration(lengthMs, language))[language];
  const when = whenWords(notice, language, nowMs);
  return (kind === 'alarm' ? reminderWords.alarmSet(when) : reminderWords.reminderSet(text ?? '', when))[language];
}
