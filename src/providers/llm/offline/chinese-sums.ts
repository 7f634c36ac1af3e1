import { leadingChineseNumber } from './chinese-numbers.js';
import { type MathToken, tokensOf } from './expression.js';

/** The longest phrase comes first. */
const PHRASES = Object.entries({
  的平方: '²',
  的立方: '³',
  的一半: '* 0.5',
  乘以: '*',
  乘上: '*',
  除以: '/',
  加上: '+',
  减去: '-',
  减掉: '-',
  根号: '√',
  加: '+',
  减: '-',
  负: '-',
  乘: '*',
  // Strictly, 十除二 is two divided by ten. In everyday speech, and here, it is ten divided by two.
  除: '/',
  x: '*',
});

/** Words that may surround a sum. A longer word comes before the words that it begins with. */
const FILLERS = (
  '等于多少 是多少 等于几 得多少 帮我算一下 帮我算 算一下 算一算 请计算 计算一下 计算 请问 告诉我 你知道 那么 结果 等于 ' +
  '多少 得几 是几 一下 帮我 请 算 那 呢 啊 呀 吗 吧 嘛 哦 嗯 我 你 想 知道 ='
).split(' ');

/** `text` is lower case and of limited length. */
export function chineseSum(text: string): MathToken[] | undefined {
  let rest = text
    .replace(/[−–—]/g, '-')
    .replaceAll('×', '*')
    .replaceAll('÷', '/')
    .replace(/\s|[?!;:。、"“”]|\.(?!\d)|,(?!\d{3})/g, '');
  const tokens: MathToken[] = [];
  let ended = false;
  while (rest !== '') {
    if (rest.startsWith('的平方根') && tokens.at(-1)?.kind === 'number') {
      tokens.splice(-1, 0, { kind: 'root' });
      rest = rest.slice('的平方根'.length);
      continue;
    }
    const found = part(rest, tokens);
    if (found) {
      if (ended) return undefined;
      tokens.push(...found.tokens);
      rest = rest.slice(found.length);
      continue;
    }
    const filler = FILLERS.find((word) => rest.startsWith(word));
    if (filler === undefined) return undefined;
    if (tokens.length > 0) ended = true;
    rest = rest.slice(filler.length);
  }
  return tokens;
}

interface Found {
  readonly tokens: readonly MathToken[];
  readonly length: number;
}

function part(text: string, before: readonly MathToken[]): Found | undefined {
  return percentage(text) ?? power(text) ?? fraction(text) ?? number(text) ?? phrase(text, before);
}

/** Reads 百分之二十五, also in 八十的百分之二十五. */
function percentage(text: string): Found | undefined {
  const lead = /^(的)?百分之/.exec(text);
  const value = lead && leadingChineseNumber(text.slice(lead[0].length));
  if (!lead || !value) return undefined;
  const symbols = `${lead[1] === undefined ? '' : '*'} ${value.value} %`;
  return { tokens: tokensOf(symbols), length: lead[0].length + value.length };
}

/** Reads 的十次方, as in 二的十次方. */
function power(text: string): Found | undefined {
  if (!text.startsWith('的')) return undefined;
  const exponent = leadingChineseNumber(text.slice(1));
  if (!exponent || !text.startsWith('次方', 1 + exponent.length)) return undefined;
  return { tokens: tokensOf(`^ ${exponent.value}`), length: 1 + exponent.length + 2 };
}

/** Reads 三分之二, which is two thirds. */
function fraction(text: string): Found | undefined {
  const below = leadingChineseNumber(text);
  if (!below || !text.startsWith('分之', below.length)) return undefined;
  const above = leadingChineseNumber(text.slice(below.length + 2));
  if (!above) return undefined;
  return {
    tokens: tokensOf(`( ${above.value} / ${below.value} )`),
    length: below.length + 2 + above.length,
  };
}

function number(text: string): Found | undefined {
  const found = leadingChineseNumber(text);
  return found && { tokens: [{ kind: 'number', value: found.value }], length: found.length };
}

function phrase(text: string, before: readonly MathToken[]): Found | undefined {
  if ('+-*/^%()'.includes(text.charAt(0))) return { tokens: tokensOf(text.charAt(0)), length: 1 };
  const found = PHRASES.find(([words]) => text.startsWith(words));
  if (!found) return undefined;
  // "的平方" needs an operand before it.
  if (found[0].startsWith('的') && before.length === 0) return undefined;
  return { tokens: tokensOf(found[1]), length: found[0].length };
}
