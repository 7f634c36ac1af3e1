import { uiLanguage, type LanguageTag, type UiLanguage } from '../../core/index.js';
import type { NoticeRecord } from '../../platform/store/index.js';
import { chineseNumber, clockWords, wallTime } from '../../providers/llm/offline/index.js';
import { noticeWords } from './words.js';

/** A notice that is later than this also says when it was due, unless it is a message. */
export const LATE_MS = 120_000;

export const isLate = ({ dueMs }: NoticeRecord, nowMs: number): boolean => nowMs - dueMs > LATE_MS;

export function noticeText(notice: NoticeRecord, language: LanguageTag, nowMs: number): string {
  const { kind, text, dueMs, timeZone } = notice;
  const ui = uiLanguage(language);
  if (kind === 'message') return text ?? '';
  const late = isLate(notice, nowMs);
  const time = clockWords(wallTime(dueMs, timeZone), ui);
  return ui === 'zh' ? chinese(notice, late, time) : english(notice, late, time);
}

function chinese({ kind, text, lengthMs }: NoticeRecord, late: boolean, time: string): string {
  const missed = late ? `你错过了${time}的` : '';
  if (kind === 'timer') {
    const name =
      text === undefined ? (lengthMs === undefined ? '计时器' : `${duration(lengthMs, 'zh')}的计时`) : `${text}的计时`;
    return late ? `${missed}${name}。` : `时间到，${name}结束了。`;
  }
  if (kind === 'alarm') {
    const name = text === undefined ? '' : `，${text}`;
    return late ? `${missed}闹钟${name}。` : `闹钟响了，现在是${time}${name}。`;
  }
  return late ? `${missed}提醒：${text ?? ''}。` : `提醒你：${text ?? ''}。`;
}

function english({ kind, text, lengthMs }: NoticeRecord, late: boolean, time: string): string {
  if (kind === 'timer') {
    const name =
      text === undefined ? (lengthMs === undefined ? 'timer' : `${duration(lengthMs, 'en')} timer`) : `${text} timer`;
    return late ? `You missed your ${name}, which ended at ${time}.` : `Time is up: your ${name} has ended.`;
  }
  if (kind === 'alarm') {
    const name = text === undefined ? '' : ` ${text}.`;
    return late ? `You missed your alarm of ${time}.${name}` : `This is your alarm. It is ${time}.${name}`;
  }
  return late ? `You missed a reminder of ${time}: ${text ?? ''}.` : `A reminder: ${text ?? ''}.`;
}

/** Rounds to seconds. Examples are `一小时零五分钟` and `1 hour 5 minutes`. */
export function duration(ms: number, language: UiLanguage): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: readonly DurationPart[] = [
    [Math.floor(seconds / 86_400), 'day', '天'],
    [Math.floor((seconds % 86_400) / 3600), 'hour', '小时'],
    [Math.floor((seconds % 3600) / 60), 'minute', '分钟'],
    [seconds % 60, 'second', '秒'],
  ];
  const said = parts.filter(([count]) => count > 0);
  if (said.length === 0) return noticeWords.zeroSeconds[language];
  if (language === 'zh') return parts.reduce((text, part, at) => text + chinesePart(part, parts[at - 1], text), '');
  return said.map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' ');
}

type DurationPart = readonly [count: number, english: string, chinese: string];

/** After another unit, 零 precedes a number below ten, or marks a missing unit. */
function chinesePart([count, , unit]: DurationPart, above: DurationPart | undefined, said: string): string {
  if (count === 0) return '';
  const gap = said !== '' && (count < 10 || above?.[0] === 0) ? '零' : '';
  return `${gap}${count === 2 && gap === '' ? '两' : chineseNumber(count)}${unit}`;
}
