import { englishDuration, leadingChineseDuration } from './durations.js';
import { request, type ToolRequest } from './tool-request.js';

const EVERY_EN = String.raw`(?:every|each) (?<every>(?:(?!every\b)[a-z\d-]+ )?hours?)`;
const HOURLY_EN = [
  new RegExp(`^remind me ${EVERY_EN} to (?<text>.{1,80})$`),
  new RegExp(`^${EVERY_EN} remind me to (?<text>.{1,80})$`),
  new RegExp(`^remind me to (?<text>.{1,80}) ${EVERY_EN}$`),
];
const HOURLY_ZH = /^(?<asked>(?:记得)?(?:提醒|叫)我)?每(?:间?隔|过)?/;
const HOUR_ZH = /^个?(?:小时|钟头)/;

/** "Remind me every two hours to drink water", 每两小时提醒我喝水. The first time is counted from now. */
export function hourlyReminder(text: string): ToolRequest | undefined {
  for (const pattern of HOURLY_EN) {
    const said = pattern.exec(text)?.groups;
    if (said) return everyHours(englishHours(said['every'] ?? ''), said['text'] ?? '');
  }
  const close = text.replace(/\s/g, '');
  const begin = HOURLY_ZH.exec(close);
  if (!begin) return undefined;
  const rest = close.slice(begin[0].length);
  const hour = HOUR_ZH.exec(rest)?.[0];
  const often = hour === undefined ? leadingChineseDuration(rest) : { seconds: 3600, length: hour.length };
  const after = often && rest.slice(often.length);
  const thing =
    begin.groups?.['asked'] === undefined ? /^(?:记得)?(?:提醒|叫|喊)我(?<text>.+)$/.exec(after ?? '')?.[1] : after;
  return often && /^(?!的|了).{1,40}(?<![吗没])$/.test(thing ?? '')
    ? everyHours(often.seconds / 3600, thing ?? '')
    : undefined;
}

function englishHours(said: string): number {
  if (said === 'hour') return 1;
  if (said === 'other hour' || said === 'second hour') return 2;
  return (englishDuration(said) ?? 0) / 3600;
}

/** Hours that do not divide a day are left to a language model. */
function everyHours(hours: number, text: string): ToolRequest | undefined {
  if (!Number.isInteger(hours) || hours < 1 || hours > 12 || 24 % hours !== 0) return undefined;
  return request('set_reminder', { kind: 'reminder', repeat: 'hourly', every_hours: hours, text });
}
