import { lettersOf } from '../../dialogue/text/characters.js';

/**
 * The keys are the Chinese names in the calendar library and in `easter.ts`. An English answer contains the first
 * English name. Requests may contain any of the names.
 */
export const ENGLISH_NAMES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  除夕: ["Chinese New Year's Eve", "Lunar New Year's Eve"],
  春节: ['Spring Festival', 'Chinese New Year', 'Lunar New Year'],
  元宵节: ['Lantern Festival'],
  龙头节: ['Longtaitou Festival', 'Dragon Head Festival'],
  端午节: ['Dragon Boat Festival'],
  七夕节: ['Qixi Festival', 'Qixi', "Chinese Valentine's Day"],
  中秋节: ['Mid-Autumn Festival', 'Moon Festival'],
  重阳节: ['Double Ninth Festival', 'Double Ninth', 'Chongyang Festival'],
  腊八节: ['Laba Festival', 'Laba'],
  元旦节: ["New Year's Day", 'New Year'],
  情人节: ["Valentine's Day"],
  妇女节: ["Women's Day", "International Women's Day"],
  植树节: ['Arbor Day'],
  消费者权益日: ['Consumer Rights Day'],
  愚人节: ["April Fools' Day"],
  耶稣受难日: ['Good Friday'],
  复活节: ['Easter Sunday', 'Easter'],
  复活节星期一: ['Easter Monday'],
  圣灵降临节: ['Pentecost', 'Whit Sunday', 'Whitsun'],
  劳动节: ['Labour Day', 'May Day', "Workers' Day"],
  青年节: ['Youth Day'],
  母亲节: ["Mother's Day"],
  儿童节: ["Children's Day"],
  父亲节: ["Father's Day"],
  教师节: ["Teachers' Day"],
  国庆节: ['National Day of China', 'National Day'],
  万圣节前夜: ['Halloween'],
  万圣节: ["All Saints' Day"],
  感恩节: ['Thanksgiving', 'Thanksgiving Day'],
  平安夜: ['Christmas Eve'],
  圣诞节: ['Christmas Day', 'Christmas'],
  立春: ['Start of Spring'],
  雨水: ['Rain Water'],
  惊蛰: ['Awakening of Insects'],
  春分: ['Spring Equinox', 'Vernal Equinox'],
  清明: ['Qingming Festival', 'Qingming', 'Tomb-Sweeping Day'],
  谷雨: ['Grain Rain'],
  立夏: ['Start of Summer'],
  小满: ['Grain Buds'],
  芒种: ['Grain in Ear'],
  夏至: ['Summer Solstice'],
  小暑: ['Minor Heat'],
  大暑: ['Major Heat'],
  立秋: ['Start of Autumn'],
  处暑: ['End of Heat'],
  白露: ['White Dew'],
  秋分: ['Autumn Equinox', 'Autumnal Equinox'],
  寒露: ['Cold Dew'],
  霜降: ["Frost's Descent"],
  立冬: ['Start of Winter'],
  小雪: ['Minor Snow'],
  大雪: ['Major Snow'],
  冬至: ['Winter Solstice'],
  小寒: ['Minor Cold'],
  大寒: ['Major Cold'],
};

const BY_ENGLISH: ReadonlyMap<string, string> = new Map(
  Object.entries(ENGLISH_NAMES).flatMap(([name, english]) => english.map((one) => [lettersOf(one), name] as const)),
);

export function englishName(name: string): string | undefined {
  return ENGLISH_NAMES[name]?.[0];
}

/** `words` may be Chinese or English. */
export function isCalled(name: string, words: string): boolean {
  const said = lettersOf(words);
  const wanted = BY_ENGLISH.get(said) ?? said;
  const own = lettersOf(name);
  return own === wanted || `${own}节` === wanted || own === `${wanted}节`;
}
