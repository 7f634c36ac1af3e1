import { englishDuration, leadingChineseDuration } from './durations.js';
import { joined, request, type ToolRequest } from './tool-request.js';

const ALARM_EN = joined(
  /^wake me(?: up)? in (?<length>.+)$|^in (?<length2>.+?) wake me(?: up)?$/,
  /|^(?:set |make )?(?:an |the |my )?alarm (?:for|in) (?<length3>.+?)(?: from now)?$/,
);
const ALARM_ZH = /^(?<later>后|以后|之后)?(?:的?闹钟|(?:叫|喊)我(?:起床|起来)?|叫醒我|把我叫醒)$/;

/** "Wake me in ten minutes", 十分钟后叫我, 过十分钟叫我. */
export function alarmIn(text: string): ToolRequest | undefined {
  const { length, length2, length3 } = ALARM_EN.exec(text)?.groups ?? {};
  const seconds = englishDuration(length ?? length2 ?? length3 ?? '');
  if (seconds !== undefined) return request('set_reminder', { kind: 'alarm', in_minutes: seconds / 60 });
  const close = text.replace(/\s/g, '').replace(/^(?:设|定|设置|设定)(?:一?个(?!半))?/, '');
  const passing = /^[过等]/.exec(close)?.[0].length ?? 0;
  const chinese = leadingChineseDuration(close.slice(passing));
  const end = chinese && ALARM_ZH.exec(close.slice(passing + chinese.length));
  if (!end || (passing === 0 && end.groups?.['later'] === undefined)) return undefined;
  return request('set_reminder', { kind: 'alarm', in_minutes: chinese.seconds / 60 });
}

const EVERY_EN = String.raw`(?:every|each) (?<every>(?:(?!every\b)[a-z\d-]+ )?hours?)`;
const HOURLY_EN = [
  new RegExp(`^remind me ${EVERY_EN} to (?<text>.{1,80})$`),
  new RegExp(`^${EVERY_EN} remind me to (?<text>.{1,80})$`),
  new RegExp(`^remind me to (?<text>.{1,80}) ${EVERY_EN}$`),
];
const HOURLY_ZH = /^(?<asked>(?:记得)?(?:提醒|叫)我)?每(?:间?隔|过)?/;
const HOUR_ZH = /^个?(?:小时|钟头)/;

/** "Remind me every two hours to drink water", 每两小时提醒我喝水. */
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

/** Accepts only numbers of hours that divide a day. A language model handles the others. */
function everyHours(hours: number, text: string): ToolRequest | undefined {
  if (!Number.isInteger(hours) || hours < 1 || hours > 12 || 24 % hours !== 0) return undefined;
  return request('set_reminder', { kind: 'reminder', repeat: 'hourly', every_hours: hours, text });
}
