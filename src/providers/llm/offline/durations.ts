import { leadingChineseNumber } from './chinese-numbers.js';
import { englishNumber } from './english-numbers.js';

const UNITS_EN: Readonly<Record<string, number>> = {
  second: 1,
  seconds: 1,
  sec: 1,
  minute: 60,
  minutes: 60,
  min: 60,
  mins: 60,
  hour: 3600,
  hours: 3600,
};
const UNITS_ZH: readonly (readonly [string, number])[] = [
  ['小时', 3600],
  ['钟头', 3600],
  ['刻钟', 900],
  ['分钟', 60],
  ['分', 60],
  ['秒钟', 1],
  ['秒', 1],
];

/**
 * Reads `an hour and a half` or `10 minutes and 30 seconds`. Returns seconds, or undefined for other text.
 */
export function englishDuration(text: string): number | undefined {
  const words = text.split(/[\s-]+/).filter((word) => word !== '' && word !== 'and');
  let seconds = 0;
  let lastUnit = 0;
  for (let at = 0; at < words.length;) {
    const rest = words.slice(at).join(' ');
    const unitAfter = (word: string | undefined): number | undefined => UNITS_EN[word ?? ''];
    const article = words[at] === 'a' || words[at] === 'an';
    const half = words[at] === 'half' ? unitAfter(words[at + 2]) : undefined;
    const number = englishNumber(words, at);
    if (half !== undefined) {
      seconds += half / 2;
      lastUnit = half;
      at += 3;
    } else if (/^a half\b/.test(rest) && lastUnit > 0) {
      seconds += lastUnit / 2;
      at += 2;
    } else if (article && unitAfter(words[at + 1]) !== undefined) {
      lastUnit = unitAfter(words[at + 1]) ?? 0;
      seconds += lastUnit;
      at += 2;
    } else if (number && unitAfter(words[at + number.words]) !== undefined) {
      lastUnit = unitAfter(words[at + number.words]) ?? 0;
      seconds += number.value * lastUnit;
      at += number.words + 1;
    } else return undefined;
  }
  return seconds > 0 ? Math.round(seconds) : undefined;
}

/** Reads `一个半小时`, `半小时` or `十分钟三十秒`. `length` is the number of characters that were read. */
export function leadingChineseDuration(
  text: string,
): { readonly seconds: number; readonly length: number } | undefined {
  let seconds = 0;
  let at = 0;
  for (;;) {
    const rest = text.slice(at);
    const half = /^半个?/.exec(rest);
    const number = half ? { value: 0.5, length: half[0].length } : leadingChineseNumber(rest);
    if (!number) break;
    const between = /^个?(半)?/.exec(rest.slice(number.length));
    const length = number.length + (between?.[0].length ?? 0);
    const unit = UNITS_ZH.find(([name]) => rest.startsWith(name, length));
    if (!unit) break;
    seconds += (number.value + (between?.[1] === undefined ? 0 : 0.5)) * unit[1];
    at += length + unit[0].length;
  }
  return seconds > 0 ? { seconds: Math.round(seconds), length: at } : undefined;
}
