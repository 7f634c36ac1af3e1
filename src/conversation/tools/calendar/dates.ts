import { Solar } from 'lunar-typescript';
import { uiLanguage, DAY_MS, startOfDay } from '../../../core/index.js';
import { wallTime } from '../../../providers/llm/offline/index.js';
import type { ToolContext } from '../tool.js';
import { toolFailed } from '../tool-errors.js';
import { TOOL_TEXTS } from '../words.js';
import { easterFeast } from './easter.js';
import { englishName, isCalled } from './festivals.js';

/** A lunar leap year has 13 months. A festival may therefore be more than a year away. */
const SEARCH_DAYS = 400;

/**
 * `date` is `YYYY-MM-DD`, or empty for today. `festival` asks for the next day of that festival, and replaces `date`.
 */
export function tellDate(
  { date, festival }: { readonly date: string; readonly festival: string },
  context: ToolContext,
): string {
  if (festival.trim() !== '') return next(festival, context);
  const day = date.trim() === '' ? today(context) : dayOf(date.trim());
  return describe(day, context);
}

function today({ wallMs, timeZone }: ToolContext): number {
  return Math.floor(wallTime(wallMs(), timeZone).getTime() / DAY_MS) * DAY_MS;
}

function dayOf(date: string): number {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(date)?.map(Number) ?? [];
  const start = year && month && day && year >= 1900 && year <= 2100 ? startOfDay(year, month, day) : undefined;
  if (start === undefined) throw toolFailed(({ dates }) => dates.form);
  return start;
}

const solarOf = (day: number): Solar => {
  const date = new Date(day);
  return Solar.fromYmd(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
};

function festivalsOf(day: number): readonly string[] {
  const solar = solarOf(day);
  const lunar = solar.getLunar();
  const names = [...lunar.getFestivals(), lunar.getJieQi(), ...solar.getFestivals(), easterFeast(day) ?? ''];
  return names.filter((name) => name !== '');
}

function describe(day: number, { language }: ToolContext): string {
  const solar = solarOf(day);
  const lunar = solar.getLunar();
  const names = festivalsOf(day);
  const locale = uiLanguage(language) === 'zh' ? 'zh-CN' : 'en-US';
  const date = new Date(day).toLocaleDateString(locale, { dateStyle: 'full', timeZone: 'UTC' });
  if (locale === 'zh-CN') {
    const lunarYear = `农历${lunar.getYearInGanZhi()}年（${lunar.getYearShengXiao()}年）`;
    const lunarDate = `${lunarYear}${lunar.getMonthInChinese()}月${lunar.getDayInChinese()}`;
    return `${date}，${lunarDate}${names.length > 0 ? `，${names.join('、')}` : ''}`;
  }
  // Festivals without an English name are left out, because an English voice cannot speak Chinese characters.
  const english = names.flatMap((name) => englishName(name) ?? []);
  const leap = lunar.getMonth() < 0 ? 'leap ' : '';
  const lunarDate = `Chinese lunar calendar: ${leap}month ${Math.abs(lunar.getMonth())}, day ${lunar.getDay()}`;
  return `${date}; ${lunarDate}${english.length > 0 ? `; ${english.join(', ')}` : ''}`;
}

function next(name: string, context: ToolContext): string {
  const from = today(context);
  for (let days = 0; days <= SEARCH_DAYS; days++) {
    const day = from + days * DAY_MS;
    if (!festivalsOf(day).some((festival) => isCalled(festival, name))) continue;
    const language = uiLanguage(context.language);
    const { dates } = TOOL_TEXTS[language];
    const away = days === 0 ? dates.today : dates.inDays(days);
    return language === 'zh' ? `${describe(day, context)}（${away}）` : `${describe(day, context)} (${away})`;
  }
  throw toolFailed(({ dates }) => dates.noFestival(JSON.stringify(name)));
}
