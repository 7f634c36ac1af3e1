import { amountZh, countZh, digitsZh, numberZh, wholeZh } from './chinese-numbers.js';
import { applyRules, ENDS, NUMBER, rule, type Rule, TO } from './rule.js';
import { CURRENCIES, CURRENCY, UNIT, UNITS } from './units.js';

const CALLED = /(?:拨打|致电|电话|手机|热线|拨|打|报警|客服|联系|呼叫)[是为号码：:\s]{0,3}$/u;
const CODED =
  /(?:[密验证编单邮条帐账代][码号证]|验证码|编码|编号|邮编|学号|工号|订单|QQ|微信|尾号|车牌|代码)[是为号码：:\s]{0,3}$/u;
const ROOM = /(?:房间|房号|房|室|座|单元|航班|车次|[A-Za-z])$/u;
/** Measure words, before which 2 is 两. */
const MEASURE =
  '(?:个半|个|只|条|张|件|位|名|次(?!方)|天|周|年(?![级代底初])|小时|分钟|秒钟|点钟|点半|点(?!\\d(?!\\d?分))|' +
  '元|块|毛|角|分(?!之)|米|公里|千米|厘米|毫米|公斤|千克|克|斤|吨|升|毫升|' +
  '度|倍|种|本|台|辆|架|座|层|杯|碗|瓶|盒|包|袋|双|对|套|句|段|首|篇|页|步|头|匹|棵|朵|片|块|口|家|间|所|场|届|岁|' +
  '遍|趟|回|顿|项|样|门|部|份|组|批|轮|颗|粒|滴|人|万|亿|千|百|英里|英寸|平方米|平方公里|立方米|兆|瓦|伏)';
const YEAR_LIKE = '(?:1[0-9]|20|21)\\d{2}';
const wordOf = (sign: string): string => UNITS[sign]?.zh ?? sign;
const year = (digits: string): string => digitsZh(digits);
const monthDay = (month: string, day: string): string | undefined =>
  Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31
    ? `${wholeZh(month)}月${wholeZh(day)}日`
    : undefined;

const two = (value: string): string => (Number(value) < 10 ? `零${wholeZh(value)}` : wholeZh(value));

function clock(hour: string, minute: string, second?: string): string | undefined {
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined;
  const hours = `${countZh(String(Number(hour)))}点`;
  if (second !== undefined) return `${hours}${two(minute)}分${two(second)}秒`;
  return Number(minute) === 0 ? hours : `${hours}${two(minute)}分`;
}

const phone = (text: string): string => digitsZh(text.replaceAll(/\D/gu, ''), true);

/** A temperature below zero begins with 零下. */
function measured(number: string, sign: string): string {
  const isCold = /^[-−]/u.test(number) && /[℃℉°]/u.test(sign);
  return isCold ? `零下${countZh(number.slice(1))}${wordOf(sign)}` : `${countZh(number)}${wordOf(sign)}`;
}

const SIGNED = `[-−]?${NUMBER}`;

const DATES: readonly Rule[] = [
  rule(String.raw`(${YEAR_LIKE})([-/.])(\d{1,2})\2(\d{1,2})${ENDS}`, ([, y = '', , m = '', d = '']) => {
    const said = monthDay(m, d);
    return said && `${year(y)}年${said}`;
  }),
  rule(String.raw`(\d{4})${TO}(\d{4})(?=\s?年)`, ([, a = '', b = '']) => `${year(a)}到${year(b)}`),
  rule(String.raw`(\d{3,4})\s?年(?![前后来]|的历史|以[上内来]|多|间)`, ([, y = ''], { before }) =>
    y.length === 4 || /公元前?$/u.test(before) ? `${year(y)}年` : undefined,
  ),
  rule(String.raw`(\d{2})\s?年(?=级|代)`, ([, y = '']) => `${wholeZh(y)}年`),
  rule(
    String.raw`(\d{1,2})\s?月(\d{1,2})\s?(日|号)?${TO}(\d{1,2})\s?月?(日|号)`,
    ([, m = '', a = '', first = '', b = '', name = '']) => `${wholeZh(m)}月${wholeZh(a)}${first}到${wholeZh(b)}${name}`,
  ),
  rule(
    String.raw`(\d{1,2})\s?月\s?(\d{1,2})\s?(日|号)`,
    ([, m = '', d = '', name = '']) => `${wholeZh(m)}月${wholeZh(d)}${name}`,
  ),
  rule(
    String.raw`(\d{1,2})\s?(月份?|号|日|楼|班|年级|世纪|路公交|路车|期|级)`,
    ([, n = '', what = '']) => `${wholeZh(n)}${what}`,
  ),
];

const TIMES: readonly Rule[] = [
  rule(String.raw`(\d{1,2})[:：](\d{2})${TO}(\d{1,2})[:：](\d{2})${ENDS}`, ([, a = '', b = '', c = '', d = '']) => {
    const [from, to] = [clock(a, b), clock(c, d)];
    return from && to && `${from}到${to}`;
  }),
  rule(String.raw`(\d{1,2})[:：](\d{2})[:：](\d{2})${ENDS}`, ([, h = '', m = '', s = '']) => clock(h, m, s)),
  rule(String.raw`(\d{1,2})[:：](\d{2})${ENDS}`, ([, a = '', b = ''], { before, after }) =>
    /(?:比分|比例|比率)[是为]?\s?$/u.test(before) || /^\s?的?(?:比例|比率|比分)/u.test(after) ? undefined : clock(a, b),
  ),
  rule(String.raw`(${NUMBER})\s?[:：]\s?(${NUMBER})${ENDS}`, ([, a = '', b = '']) => `${numberZh(a)}比${numberZh(b)}`),
];

const MONEY: readonly Rule[] = [
  rule(
    String.raw`(${CURRENCY})\s?(${NUMBER})(?:${TO}(?:${CURRENCY})?\s?(${NUMBER}))?\s?(万|亿)?`,
    ([, sign = '', a = '', b, large = '']) => {
      const { zh = sign } = CURRENCIES[sign] ?? {};
      return b === undefined ? `${amountZh(a)}${large}${zh}` : `${amountZh(a)}到${amountZh(b)}${large}${zh}`;
    },
  ),
  rule(
    String.raw`(${NUMBER})\s?(USD|RMB|CNY|EUR)(?![A-Za-z])`,
    ([, n = '', sign = '']) => `${amountZh(n)}${CURRENCIES[sign]?.zh ?? sign}`,
  ),
  rule(
    String.raw`((?:\d{1,3}(?:,\d{3}){1,5}|\d{1,10})\.\d{1,2})\s?(元|块)`,
    ([, n = '', name = '']) => `${amountZh(n)}${name}`,
  ),
];

const CODES: readonly Rule[] = [
  rule(String.raw`(?:\+?86[-\s]?)?1[3-9]\d(?:[-\s]?\d{4}){2}(?!\d)`, ([text = '']) =>
    text.startsWith('+') ? `加${phone(text)}` : phone(text),
  ),
  rule(String.raw`0\d{2,3}[-\s]\d{7,8}(?!\d)|[48]00[-\s]?\d{3}[-\s]?\d{4}(?!\d)`, ([text = '']) => phone(text)),
  rule(String.raw`(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)`, ([text = '']) =>
    text
      .split('.')
      .map((part) => digitsZh(part))
      .join('点'),
  ),
  rule(
    String.raw`[vV](\d{1,4}(?:\.\d{1,4}){1,3})(?!\d|\.\d)`,
    ([, text = '']) => `V${text.split('.').map(wholeZh).join('点')}`,
  ),
  rule(String.raw`\d{1,4}(?:\.\d{1,4}){2,7}(?!\d|\.\d)`, ([text = '']) =>
    text
      .split('.')
      .map((part) => wholeZh(part))
      .join('点'),
  ),
  rule(String.raw`(?:12306|12315|12345|12123|10086|10010|95\d{3})(?![\d.,])(?!\s?${MEASURE})`, ([text = '']) =>
    digitsZh(text, true),
  ),
  rule(String.raw`\d{3}(?=大促|事件|购物节|晚会|活动)`, ([text = '']) => digitsZh(text)),
  rule(String.raw`\d(?:-\d){2,9}(?!\d)`, ([text = '']) => Array.from(text.replaceAll('-', ''), wholeZh).join('，')),
  rule(String.raw`\d{3,20}(?![\d.,])`, ([text = ''], { before, after }) => {
    if (CALLED.test(before)) return digitsZh(text, true);
    if (CODED.test(before)) return digitsZh(text);
    if (ROOM.test(before) || (/^(?:室|号房|房)/u.test(after) && text.length <= 4)) return digitsZh(text, true);
    if (text.startsWith('0') || text.length > 16) return digitsZh(text);
    return undefined;
  }),
];

const AMOUNTS: readonly Rule[] = [
  rule(
    String.raw`(${SIGNED})\s?%?${TO}(${SIGNED})\s?[%％]`,
    ([, a = '', b = '']) => `百分之${numberZh(a)}到百分之${numberZh(b)}`,
  ),
  rule(String.raw`([-−]?)(${NUMBER})\s?[%％]`, ([, sign = '', n = '']) => `${sign && '负'}百分之${numberZh(n)}`),
  rule(String.raw`(${NUMBER})\s?‰`, ([, n = '']) => `千分之${numberZh(n)}`),
  rule(String.raw`(${SIGNED})\s?(?:${UNIT})?${TO}(${SIGNED})\s?(${UNIT})`, ([, a = '', b = '', sign = '']) =>
    /^[-−]/u.test(a) && /[℃℉°]/u.test(sign)
      ? `零下${countZh(a.slice(1))}到${/^[-−]/u.test(b) ? `零下${countZh(b.slice(1))}` : countZh(b)}${wordOf(sign)}`
      : `${countZh(a)}到${countZh(b)}${wordOf(sign)}`,
  ),
  rule(
    String.raw`(\d{1,3})°\s?(\d{1,2})[′'](?:(\d{1,2})[″"])?`,
    ([, d = '', m = '', sec]) => `${countZh(d)}度${countZh(m)}分${sec === undefined ? '' : `${countZh(sec)}秒`}`,
  ),
  rule(
    String.raw`(${NUMBER})([千万亿]?)\s?(km|cm|m)(平方|立方)`,
    ([, n = '', large = '', sign = '', power = '']) => `${countZh(n)}${large}${power}${wordOf(sign)}`,
  ),
  rule(
    String.raw`(${NUMBER})([千万亿])(${UNIT})`,
    ([, n = '', large = '', sign = '']) => `${countZh(n)}${large}${wordOf(sign)}`,
  ),
  rule(String.raw`(\d)\s?米(\d{2})(?!\d)`, ([, a = '', b = '']) => `${countZh(a)}米${digitsZh(b)}`),
  rule(String.raw`(${SIGNED})\s?(${UNIT})`, ([, n = '', sign = '']) => measured(n, sign)),
  rule(
    String.raw`(${NUMBER})${TO}(${NUMBER})(?=\s?(?:${MEASURE}|月|号|日))`,
    ([, a = '', b = '']) => `${countZh(a)}到${countZh(b)}`,
  ),
  rule(String.raw`(\d{1,3})/(\d{1,3})(?![\d/])`, ([, a = '', b = '']) =>
    Number(a) < Number(b)
      ? `${wholeZh(b)}分之${wholeZh(a)}`
      : b.length > 1
        ? `${wholeZh(a)}，${wholeZh(b)}`
        : undefined,
  ),
  rule(String.raw`2(?=\s?${MEASURE})(?!\s?(?:月|号|日|楼|班))`, (_, { before }) =>
    /(?:第|\d|\.)$/u.test(before) ? undefined : '两',
  ),
];

const MATHS: Readonly<Record<string, string>> = {
  '+': '加',
  '×': '乘',
  '÷': '除以',
  '=': '等于',
  '＝': '等于',
  '≈': '约等于',
  '≠': '不等于',
  '≥': '大于等于',
  '≤': '小于等于',
  '>': '大于',
  '<': '小于',
  '±': '正负',
  '√': '根号',
  π: '派',
  '∞': '无穷大',
  '&': '和',
  '@': '艾特',
};

const COMPARED: Readonly<Record<string, string>> = {
  '>=': '大于等于',
  '<=': '小于等于',
  '!=': '不等于',
  '==': '等于',
};

const SIGNS: readonly Rule[] = [
  rule(String.raw`\s?[-—−]\s?(?=\d{1,16}(?:\.\d{1,12})?\s?=)`, (_, { before }) =>
    /\d$/u.test(before) ? '减' : undefined,
  ),
  rule(String.raw`\s-\s(?=\d)`, (_, { before }) => (/[\dA-Za-z)]$/u.test(before) ? '减' : undefined)),
  rule(String.raw`\s?(\d{1,3})\s?/\s?(\d{1,3})\s?(?==)`, ([, a = '', b = '']) => `${numberZh(a)}除以${numberZh(b)}`),
  rule(String.raw`\s?(>=|<=|!=|==)\s?`, ([, sign = '']) => COMPARED[sign]),
  rule(String.raw`C\+\+`, () => 'C加加'),
  rule(String.raw`\+\+`, () => '加加'),
  rule(String.raw`([A-Za-z])#`, ([, letter = '']) => `${letter}井`),
  rule(String.raw`[-−](?=\d)`, (_, { before }) => (/[\dA-Za-z]$/u.test(before) ? undefined : '负')),
  rule(String.raw`-(?=\d)`, (_, { before }) => (/[A-Za-z]$/u.test(before) ? '' : undefined)),
  rule(String.raw`\s?([+×÷=＝≈≠≥≤><±√π∞&@])\s?`, ([, sign = '']) => MATHS[sign]),
  rule(String.raw`(?:No|NO)\.\s?(\d{1,4})`, ([, n = '']) => `第${wholeZh(n)}`),
  rule(String.raw`\s?/\s?(?=[\p{Script=Han}])`, (_, { before }) =>
    before.endsWith('和') ? '' : /(?:[元块次里米克升人字]|[A-Za-z\d])$/u.test(before) ? '每' : '或',
  ),
];

const NUMBERS: readonly Rule[] = [
  rule(String.raw`(\d{2})(?:'s|s)?后`, ([, n = '']) =>
    ['60', '70', '80', '90', '00'].includes(n) ? `${digitsZh(n)}后` : undefined,
  ),
  rule(NUMBER, ([n = '']) => numberZh(n)),
];

const RULES: readonly Rule[] = [...MONEY, ...DATES, ...CODES, ...TIMES, ...AMOUNTS, ...SIGNS, ...NUMBERS];

const BEGINS = /[\d\s!—+×÷=＝≈≠≥≤><±√π∞&@¥￥$€£/A-Za-z−-]/u;

const WIDE = /[０-９％＋－：／．]/gu;
const narrow = (text: string): string => text.replace(WIDE, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));

export const chineseForm = (text: string): string => applyRules(narrow(text), RULES, BEGINS);
