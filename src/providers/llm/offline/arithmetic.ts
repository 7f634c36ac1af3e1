import type { UiLanguage } from '../../../core/index.js';
import { chineseNumber } from './chinese-numbers.js';
import { chineseSum } from './chinese-sums.js';
import { englishSum } from './english-sums.js';
import { calculate, type Calculated, type MathToken } from './expression.js';

export interface Sum {
  readonly tokens: readonly MathToken[];
  readonly result: Calculated;
}

/** Nobody speaks a longer sum. The limit bounds the work for any text. */
const MAX_CHARS = 160;

/** `text` is Chinese or English, in lower case. */
export function understandSum(text: string): Sum | undefined {
  if (text.length > MAX_CHARS) return undefined;
  for (const read of [chineseSum, englishSum]) {
    const tokens = read(text);
    const result = tokens && calculate(tokens);
    if (tokens && result) return { tokens, result };
  }
  return undefined;
}

/** "12 times 7 is 84." The answer repeats the sum, so that the user notices a misheard number. */
export function speakSum(sum: Sum, language: UiLanguage): string {
  const { result } = sum;
  const asked = spokenTokens(sum.tokens, language);
  if (result.ok) {
    const rounded = Number(result.value.toFixed(4));
    const exact = Math.abs(rounded - result.value) < 1e-9;
    const value = exact || rounded === 0 ? result.value : rounded;
    if (language === 'zh') return `${asked}${exact ? '等于' : '约等于'}${chineseNumber(value)}。`;
    return `${asked} is ${exact ? '' : 'about '}${spokenEnglish(value)}.`;
  }
  return FAILURES[language][result.why];
}

const FAILURES = {
  en: {
    divided_by_zero: 'Nothing can be divided by zero.',
    no_real_value: 'That has no real value.',
    too_large: 'That is too large a number for me to say.',
  },
  zh: {
    divided_by_zero: '零不能做除数。',
    no_real_value: '负数没有实数平方根。',
    too_large: '这个结果太大了，我念不出来。',
  },
} as const;

const ENGLISH = {
  '+': ' plus ',
  '-': ' minus ',
  '*': ' times ',
  '/': ' divided by ',
  '^': ' to the power of ',
  squared: ' squared',
  cubed: ' cubed',
  percent: ' percent',
  minus: 'minus ',
  root: 'the square root of ',
  result: 'That',
} as const;
const CHINESE = {
  '+': '加',
  '-': '减',
  '*': '乘以',
  '/': '除以',
  '^': '的',
  squared: '的平方',
  cubed: '的立方',
  percent: '',
  minus: '负',
  root: '根号',
  result: '结果',
} as const;

function spokenTokens(tokens: readonly MathToken[], language: UiLanguage): string {
  const words = language === 'zh' ? CHINESE : ENGLISH;
  // Does not repeat a sum with brackets, because nobody hears brackets, and the sum would be wrong without them.
  if (tokens.some((token) => token.kind === 'open')) return words.result;
  let spoken = '';
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    const unary =
      token.kind === 'operator' &&
      token.operator === '-' &&
      (before === undefined || before.kind === 'operator' || before.kind === 'open' || before.kind === 'root');
    if (token.kind === 'number')
      spoken += language === 'zh' ? chineseValue(tokens, index, token.value) : spokenEnglish(token.value);
    else if (unary) spoken += words.minus;
    else if (token.kind === 'operator') spoken += words[token.operator];
    else if (token.kind === 'suffix') spoken += words[token.suffix];
    else if (token.kind === 'root') spoken += words.root;
  }
  if (language === 'zh') return spoken;
  const tidy = spoken.replace('percent times ', 'percent of ').trim();
  return tidy.charAt(0).toUpperCase() + tidy.slice(1);
}

function chineseValue(tokens: readonly MathToken[], index: number, value: number): string {
  const after = tokens[index + 1];
  const before = tokens[index - 1];
  const percent = after?.kind === 'suffix' && after.suffix === 'percent' ? '百分之' : '';
  const exponent = before?.kind === 'operator' && before.operator === '^' ? '次方' : '';
  return `${percent}${chineseNumber(value)}${exponent}`;
}

/** Plain digits without an exponent, which every English voice can read. */
function spokenEnglish(value: number): string {
  const sign = value < 0 ? 'minus ' : '';
  const size = Math.abs(value);
  return sign + (Number.isInteger(size) ? BigInt(size).toString() : size.toFixed(10).replace(/\.?0+$/, ''));
}
