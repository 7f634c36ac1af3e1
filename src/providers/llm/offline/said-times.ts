import { leadingChineseNumber } from './chinese-numbers.js';
import { englishNumber } from './english-numbers.js';

/** Values that the reminder tool accepts for its argument `repeat`. */
export type Repeat = 'daily' | 'weekdays' | 'weekends' | 'weekly';

/** `days` counts from today. `weekday` 0 is Sunday. If both are missing, the time means its next occurrence. */
export interface SaidTime {
  readonly hour: number;
  readonly minute: number;
  readonly days?: number | undefined;
  readonly weekday?: number | undefined;
}

export interface SaidWhen {
  readonly at: SaidTime;
  readonly repeat?: Repeat;
  /** The days of a `weekly` repetition with several days. 0 is Sunday. */
  readonly weekdays?: readonly number[];
}

const WEEKDAYS_EN = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const ONE_DAY_EN = `(?:${WEEKDAYS_EN.join('|')})s?`;
const WEEKDAY_EN = new RegExp(`\\b(?:(every|each|on) )?(${ONE_DAY_EN}(?:(?: and| on| every)* ${ONE_DAY_EN})*)\\b`);
const REPEATS_EN: readonly (readonly [RegExp, Repeat])[] = [
  [/\b(?:(?:every|each) day|daily)\b/, 'daily'],
  [/\bevery (?=(?:morning|afternoon|evening|night)\b)/, 'daily'],
  [/\b(?:(?:every|each|on) )?(?:weekdays?|work(?:ing )?days?)\b/, 'weekdays'],
  [/\b(?:(?:every|on|at) )?(?:the )?weekends?\b/, 'weekends'],
];

/** Reads `tomorrow at nine`, `every weekday at 7:30` or `on monday at six pm`. Returns undefined for other text. */
export function englishWhen(text: string): SaidWhen | undefined {
  const often = REPEATS_EN.find(([pattern]) => pattern.test(text));
  const rest = often ? text.replace(often[0], ' ') : text;
  const named = WEEKDAY_EN.exec(rest);
  const time = englishTime(rest.replace(WEEKDAY_EN, ' '));
  if (!time) return undefined;
  const { shift, ...at } = time;
  if ((often && (named || at.days !== undefined)) || (named && at.days !== undefined)) return undefined;
  if (often) return { at, repeat: often[1] };
  if (!named) return { at };
  const [, before = 'on', days = ''] = named;
  const weekdays = [...days.matchAll(/[a-z]+day/g)].map(([day]) => (WEEKDAYS_EN.indexOf(day) + shift) % 7);
  const isWeekly = before !== 'on' || /days\b/.test(days);
  if (weekdays.length === 1) return { at: { ...at, weekday: weekdays[0] }, ...(isWeekly && { repeat: 'weekly' }) };
  return isWeekly ? { at, repeat: 'weekly', weekdays } : undefined;
}

/** Returns 1 for an hour of the night past midnight. Such an hour belongs to the day after the named one. */
const dayShift = (isNight: boolean, hour: number): 0 | 1 => (isNight && (hour < 5 || hour === 12) ? 1 : 0);

/** "Tonight at one" is the next time that it is one, also for a user who says it after midnight. */
const shifted = (days: number | undefined, shift: 0 | 1): number | undefined =>
  shift === 0 ? days : days ? days + 1 : undefined;

/** Reads `7`, `seven thirty`, `7:30 pm` or `half past six tomorrow`. */
function englishTime(text: string): (SaidTime & { readonly shift: 0 | 1 }) | undefined {
  const days = /\bday after tomorrow\b/.test(text) ? 2 : /\btomorrow\b/.test(text) ? 1 : undefined;
  const am = /\ba ?\.?m\b|\bmorning\b/.test(text);
  const pm = !am && /\bp ?\.?m\b|\b(?:evening|afternoon|night|tonight)\b/.test(text);
  const plain = text
    .replace(/\bthe day after tomorrow\b/, ' ')
    .replace(
      /\b(?:tomorrow|today|tonight|in the|this|morning|evening|afternoon|night|o'?clock|[ap] ?\.?m\b\.?|at\b)/g,
      ' ',
    )
    .replace(/(\d):(\d)/g, '$1 $2')
    .replace(/\s+/g, ' ')
    .trim();
  const half = plain.startsWith('half past ');
  const words = plain.replace(/^half past /, '').split(/[\s-]+/);
  const hours = englishNumber(words, 0);
  if (!hours || !Number.isInteger(hours.value) || hours.value > 24) return undefined;
  const minutes = words.length > hours.words ? englishNumber(words, hours.words) : { value: half ? 30 : 0, words: 0 };
  if (!minutes || hours.words + minutes.words !== words.length || minutes.value > 59) return undefined;
  if (!Number.isInteger(minutes.value)) return undefined;
  const shift = dayShift(/\b(?:night|tonight)\b/.test(text), hours.value);
  const hour =
    shift || (am && hours.value === 12) ? hours.value % 12 : (hours.value + (pm && hours.value < 12 ? 12 : 0)) % 24;
  return { hour, minute: minutes.value, days: shifted(days, shift), shift };
}

const DAYS_ZH: Readonly<Record<string, number>> = { 今: 0, 明: 1, 后: 2 };
const REPEATS_ZH: readonly (readonly [RegExp, Repeat])[] = [
  [/^(?:每天|每日|天天)的?/, 'daily'],
  [/^(?:(?:每个?)?工作日|每?个?(?:周|星期)一到(?:周|星期)?五)的?/, 'weekdays'],
  [/^(?:每个?)?周末的?/, 'weekends'],
  [/^每个?(?=(?:周|星期|礼拜)[一二三四五六日天])/, 'weekly'],
];
/** Several weekdays: 每周一和周四, 每周一三五. A number before 点 is an hour, not a weekday. */
const SOME_DAYS_ZH =
  /^每个?(?:周|星期|礼拜)([一二三四五六日天](?:[和跟]?(?:每?(?:周|星期|礼拜))?[一二三四五六日天](?![点十]))+)的?/;
const DAY_ZH = /^(?:(今|明|后)(?:天的?|日|(?=[早晚]))|(?:这?周|星期|礼拜)([一二三四五六日天])的?)/;
const PART_ZH = /^(凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|早|晚)/;
const HOUR_ZH = /^([\d零一二两三四五六七八九十]{1,3})点/;
/** A single digit does not count as minutes. In 九点一起吃饭, the digit belongs to the next word. */
const MINUTE_ZH =
  /^(?:(整|钟|半|一刻|三刻)|([\d零一二三四五六七八九十]{1,3})分|([\d零一二三四五六七八九十]{2,3})(?!个))?/;
const NAMED_MINUTES: Readonly<Record<string, number>> = { 整: 0, 钟: 0, 半: 30, 一刻: 15, 三刻: 45 };

/** Reads a time such as `明天早上七点半` or `每个工作日七点`. `length` is the number of characters that were read. */
export function leadingChineseWhen(text: string): (SaidWhen & { readonly length: number }) | undefined {
  let rest = text;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(rest);
    rest = rest.slice(found?.[0].length ?? 0);
    return found;
  };
  const some = take(SOME_DAYS_ZH)?.[1]
    ?.match(/[一二三四五六日天]/g)
    ?.map(weekdayIn);
  const often = REPEATS_ZH.find(([pattern]) => pattern.test(rest));
  if (often) take(often[0]);
  const day = take(DAY_ZH);
  const part = take(PART_ZH)?.[1] ?? '';
  const said = leadingChineseNumber(take(HOUR_ZH)?.[1] ?? '')?.value;
  if (said === undefined || said > 24) return undefined;
  const [, named, ...numbers] = take(MINUTE_ZH) ?? [];
  const number = numbers.find((one) => one !== undefined);
  const minute =
    number === undefined ? (NAMED_MINUTES[named ?? '整'] ?? 0) : (leadingChineseNumber(number)?.value ?? 60);
  if (minute > 59) return undefined;
  const isNight = /^(?:晚上?|夜里)$/.test(part);
  const shift = said === 24 ? 1 : dayShift(isNight, said);
  const isLate = isNight || /^(?:下午|傍晚)$/.test(part) ? said < 12 : part === '中午' && said < 3;
  const hour = shift || (part === '凌晨' && said === 12) ? said % 12 : said + (isLate ? 12 : 0);
  const days = DAYS_ZH[day?.[1] ?? ''];
  const weekday = day?.[2] === undefined ? undefined : (weekdayIn(day[2]) + shift) % 7;
  if (some && (often || day)) return undefined;
  if (often && (days !== undefined || (weekday !== undefined) !== (often[1] === 'weekly'))) return undefined;
  return {
    at: { hour, minute, days: shifted(days, shift), weekday },
    ...(often && { repeat: often[1] }),
    ...(some && { repeat: 'weekly', weekdays: some.map((one) => (one + shift) % 7) }),
    length: text.length - rest.length,
  };
}

const weekdayIn = (day: string): number => '日一二三四五六'.indexOf(day.replace('天', '日'));
