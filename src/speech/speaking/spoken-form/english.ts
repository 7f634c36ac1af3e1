import { digitsEn, numberEn, ordinalEn, wholeEn, yearEn } from './english-numbers.js';
import { applyRules, ENDS, NUMBER, rule, type Rule } from './rule.js';
import { CURRENCIES, CURRENCY, UNIT, UNITS } from './units.js';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const SHORT_MONTH = String.raw`(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?`;
const MONTH = `(?:${MONTHS.join('|')}|${SHORT_MONTH})`;
const monthOf = (name: string): string => MONTHS.find((month) => month.startsWith(name.slice(0, 3))) ?? name;
const TO = String.raw`\s?[-–—~]\s?`;
const SIGNED = `[-−]?${NUMBER}`;
const YEAR = String.raw`(?:1[0-9]|20|21)\d{2}`;

/** After `a` or `an`, the unit is singular for any number, as in `a 5 km race`. */
const unitEn = (number: string, sign: string, before = ''): string => {
  const unit = UNITS[sign];
  const isOne = number === '1' || /\b(?:a|an) $/iu.test(before);
  return `${numberEn(number)} ${unit ? (isOne ? unit.one : unit.many) : sign}`;
};

function date(year: string | undefined, month: string, day: string): string | undefined {
  const name = MONTHS[Number(month) - 1];
  if (name === undefined || Number(day) < 1 || Number(day) > 31) return undefined;
  return `${name} ${ordinalEn(day)}${year === undefined ? '' : `, ${yearEn(year)}`}`;
}

function clock(hour: string, minute: string, half?: string, after = ''): string | undefined {
  if (Number(hour) > 24 || Number(minute) > 59) return undefined;
  const part =
    half === undefined
      ? ''
      : ` ${half.startsWith('p') || half.startsWith('P') ? 'p.m' : 'a.m'}${after.startsWith('.') ? '' : '.'}`;
  const hours = wholeEn(String(Number(hour)));
  if (Number(minute) === 0) return part === '' ? `${hours} o'clock` : hours + part;
  return `${hours} ${Number(minute) < 10 ? 'oh ' : ''}${wholeEn(String(Number(minute)))}${part}`;
}
const HALF = String.raw`\s?([AaPp])\.?[Mm](?![A-Za-z])`;

function money(sign: string, amount: string, scale: string | undefined): string {
  const currency = CURRENCIES[sign];
  if (!currency) return `${numberEn(amount)} ${sign}`;
  if (scale !== undefined) return `${numberEn(amount)} ${scale} ${currency.many}`;
  const [whole = '0', cents] = amount.split('.');
  const name = whole === '1' ? currency.one : currency.many;
  if (cents === undefined || Number(cents) === 0) return `${numberEn(whole)} ${name}`;
  if (!currency.cent || cents.length > 2) return `${numberEn(amount)} ${currency.many}`;
  const few = String(Number(cents.padEnd(2, '0')));
  const small = `${wholeEn(few)} ${currency.cent[few === '1' ? 0 : 1]}`;
  return whole === '0' ? small : `${numberEn(whole)} ${name} and ${small}`;
}

const CALLED = /(?:call|dial|phone|number|hotline|text)(?:ed|ing)?\s?(?:is|at|:)?\s?$/iu;
const CODED = /(?:code|pin|password|extension|ext\.|zip|order|id)\s?(?:is|number|:)?\s?$/iu;
const PLACED = /(?:room|flight|gate)\s?(?:is|number|:)?\s?$/iu;

const CODES: readonly Rule[] = [
  rule(
    String.raw`(?:\+(\d{1,3})[-\s])?\(?(\d{3})\)?[-\s](\d{3})[-\s](\d{4})(?!\d)`,
    ([, country, a = '', b = '', c = '']) =>
      (country === undefined ? '' : `plus ${digitsEn(country)}, `) + [a, b, c].map((part) => digitsEn(part)).join(', '),
  ),
  rule(String.raw`(\d{3})-(\d{4})(?!\d)`, ([, a = '', b = '']) => `${digitsEn(a)}, ${digitsEn(b)}`),
  rule(String.raw`(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)`, ([text = '']) =>
    text
      .split('.')
      .map((part) => digitsEn(part))
      .join(' dot '),
  ),
  rule(
    String.raw`[vV](\d{1,4}(?:\.\d{1,4}){0,3})(?![.\d]{0,20}\d)`,
    ([, text = '']) => `version ${text.split('.').map(wholeEn).join(' point ')}`,
  ),
  rule(String.raw`\d{1,4}(?:\.\d{1,4}){2,3}(?!\d|\.\d)`, ([text = '']) => text.split('.').map(wholeEn).join(' point ')),
  rule(String.raw`\d{3,20}(?![\d.,]{0,20}\d)(?!-)`, ([text = ''], { before }) => {
    if (PLACED.test(before)) return digitsEn(text, 'oh');
    return CALLED.test(before) || CODED.test(before) || text.startsWith('0') ? digitsEn(text) : undefined;
  }),
];

const DATES: readonly Rule[] = [
  rule(String.raw`(${YEAR})-(\d{2})-(\d{2})${ENDS}`, ([, y = '', m = '', d = '']) => date(y, m, d)),
  rule(String.raw`(\d{1,2})/(\d{1,2})/(${YEAR})${ENDS}`, ([, m = '', d = '', y = '']) => date(y, m, d)),
  rule(String.raw`(${MONTH}) (\d{1,2})(?:st|nd|rd|th)?(?:,? (${YEAR}))?(?![\d:])`, ([, m = '', d = '', y]) =>
    date(y, String(MONTHS.indexOf(monthOf(m)) + 1), d),
  ),
  rule(
    String.raw`(\d{1,2})(?:st|nd|rd|th)? (${MONTH})(?:,? (${YEAR}))?(?!\d)`,
    ([, d = '', m = '', y]) => `the ${ordinalEn(d)} of ${monthOf(m)}${y === undefined ? '' : `, ${yearEn(y)}`}`,
  ),
  rule(String.raw`(${MONTH}) (${YEAR})(?!\d)`, ([, m = '', y = '']) => `${monthOf(m)} ${yearEn(y)}`),
  rule(String.raw`(\d{3})0s(?![A-Za-z])`, ([, y = '']) => decade(`${y}0`)),
  rule(String.raw`'(\d)0s(?![A-Za-z])`, ([, y = '']) => wholeEn(`${y}0`).replace(/y$/u, 'ies')),
  rule(String.raw`(${YEAR})${TO}(${YEAR})(?![\d.,])`, ([, a = '', b = '']) => `${yearEn(a)} to ${yearEn(b)}`),
  rule(
    String.raw`${YEAR}(?![\d.,]{0,20}\d)(?! (?:people|years|meters|miles|dollars|times|points|steps|words))`,
    ([y = ''], { before, after }) =>
      /(?:\b(?:in|since|by|from|until|till|of|year|before|after|around|during|between)|AD|BC) $/iu.test(before) ||
      /(?:1\d|20)\d\d (?:and|to|or) $/iu.test(before) ||
      /^ (?:AD|BC|CE)\b/u.test(after)
        ? yearEn(y)
        : undefined,
  ),
];

function decade(year: string): string {
  const said = yearEn(year);
  return said.endsWith('y') ? `${said.slice(0, -1)}ies` : `${said}s`;
}

const counted = (count: string, what: string): string => `${wholeEn(count)} ${what}${Number(count) === 1 ? '' : 's'}`;

const TIMES: readonly Rule[] = [
  rule(
    String.raw`(\d{1,2}):(\d{2})${TO}(\d{1,2}):(\d{2})(?:${HALF})?`,
    ([, a = '', b = '', c = '', d = '', half], { after }) => {
      const [from, to] = [clock(a, b), clock(c, d, half, after)];
      return from && to && `${from} to ${to}`;
    },
  ),
  rule(
    String.raw`(\d{1,2}):(\d{2}):(\d{2})${ENDS}`,
    ([, h = '', m = '', s = '']) => `${counted(h, 'hour')}, ${counted(m, 'minute')} and ${counted(s, 'second')}`,
  ),
  rule(String.raw`(\d{1,2}):(\d{2})(?:${HALF})?${ENDS}`, ([, h = '', m = '', half], { after }) =>
    clock(h, m, half, after),
  ),
  rule(String.raw`(\d{1,2})${HALF}`, ([, h = '', half], { after }) => clock(h, '0', half, after)),
  rule(String.raw`(\d{1,3}):(\d{1,3})(?!\d)`, ([, a = '', b = '']) => `${wholeEn(a)} to ${wholeEn(b)}`),
];

const HALVES: Readonly<Record<string, readonly [string, string]>> = {
  2: ['half', 'halves'],
  4: ['quarter', 'quarters'],
};

function fraction(above: string, below: string): string | undefined {
  if (Number(below) < 2 || Number(above) >= Number(below)) return undefined;
  const [one, many] = HALVES[below] ?? [ordinalEn(below), `${ordinalEn(below)}s`];
  return `${wholeEn(above)} ${above === '1' ? one : many}`;
}

const SCALE = String.raw`(?:\s?(thousand|million|billion|trillion)\b)?`;

const AMOUNTS: readonly Rule[] = [
  rule(String.raw`(${NUMBER})\s?(km|cm|m) (squared|cubed)`, ([, n = '', sign = '', power = '']) =>
    unitEn(n, sign).replace(/(\S+)$/u, `${power === 'cubed' ? 'cubic' : 'square'} $1`),
  ),
  rule(
    String.raw`(${CURRENCY})\s?(${NUMBER})${TO}(?:${CURRENCY})?\s?(${NUMBER})`,
    ([, sign = '', a = '', b = '']) => `${numberEn(a)} to ${money(sign, b, undefined)}`,
  ),
  rule(String.raw`(${CURRENCY})\s?(${NUMBER})${SCALE}`, ([, sign = '', n = '', scale]) => money(sign, n, scale)),
  rule(String.raw`(${NUMBER})\s?(USD|RMB|CNY|EUR)\b`, ([, n = '', sign = '']) => money(sign, n, undefined)),
  rule(
    String.raw`(${SIGNED})\s?%?${TO}(${NUMBER})\s?%`,
    ([, a = '', b = '']) => `${numberEn(a)} to ${numberEn(b)} percent`,
  ),
  rule(String.raw`(${SIGNED})\s?%`, ([, n = ''], { before }) =>
    /\d$/u.test(before) ? undefined : `${numberEn(n)} percent`,
  ),
  rule(
    String.raw`(${SIGNED})\s?(?:${UNIT})?${TO}(${NUMBER})\s?(${UNIT})`,
    ([, a = '', b = '', sign = '']) => `${numberEn(a)} to ${unitEn(b, sign)}`,
  ),
  rule(String.raw`(${SIGNED})\s?(${UNIT})`, ([, n = '', sign = ''], { before }) =>
    /\d$/u.test(before) ? undefined : unitEn(n, sign, before),
  ),
  rule(String.raw`(\d{1,16})(?:st|nd|rd|th)(?![A-Za-z])`, ([, n = '']) => ordinalEn(n)),
  rule(String.raw`(\d{2,3})/(\d{2,3})(?![\d/])`, ([, a = '', b = '']) =>
    Number(a) > Number(b) ? `${wholeEn(a)} over ${wholeEn(b)}` : undefined,
  ),
  rule(String.raw`24/7`, () => 'twenty-four seven'),
  rule(String.raw`(\d{1,4}) (\d{1,2})/(\d{1,2})(?![\d/])`, ([, whole = '', a = '', b = '']) => {
    const said = fraction(a, b);
    return (
      said && `${wholeEn(whole)} and ${said.replace(/^one half$/u, 'a half').replace(/^one quarter$/u, 'a quarter')}`
    );
  }),
  rule(String.raw`(\d{1,2})/(\d{1,2})(?![\d/])(?!\s?=)`, ([, a = '', b = '']) => fraction(a, b)),
  rule(String.raw`(${NUMBER})${TO}(${NUMBER})(?!\s?=)(?![\d])`, ([text = '', a = '', b = '']) =>
    text.includes(' - ') || Number(a.replaceAll(',', '')) >= Number(b.replaceAll(',', ''))
      ? undefined
      : `${numberEn(a)} to ${numberEn(b)}`,
  ),
];

const SHORT: Readonly<Record<string, string>> = {
  'Dr.': 'Doctor',
  'Mr.': 'Mister',
  'Mrs.': 'Missus',
  'Ms.': 'Miz',
  'Prof.': 'Professor',
  'vs.': 'versus',
  'etc.': 'et cetera',
  'e.g.': 'for example',
  'i.e.': 'that is',
  'approx.': 'approximately',
  'No.': 'number',
};

const SIGN_WORDS: Readonly<Record<string, string>> = {
  '+': 'plus',
  '×': 'times',
  '÷': 'divided by',
  '=': 'equals',
  '≈': 'is about',
  '≠': 'is not equal to',
  '≥': 'is at least',
  '≤': 'is at most',
  '>': 'is greater than',
  '<': 'is less than',
  '±': 'plus or minus',
  '&': 'and',
  '@': 'at',
  '√': 'the square root of',
  π: 'pi',
};

const SIGNS: readonly Rule[] = [
  rule(String.raw`No\.(?=\s?\d)`, () => 'number'),
  rule(
    String.raw`(?:Dr|Mr|Mrs|Ms|Prof|vs|approx)\.(?=\s)|e\.g\.,?|i\.e\.,?`,
    ([text = '']) => SHORT[text.replace(',', '')],
  ),
  rule(String.raw`etc\.`, (_, { after }) => (after.trim() === '' ? 'et cetera.' : 'et cetera')),
  rule(String.raw`C\+\+`, () => 'C plus plus'),
  rule(String.raw`C#`, () => 'C sharp'),
  rule(String.raw`\s?[-—−]\s?(?=\d{1,16}(?:\.\d{1,12})?\s?=)|\s[-−]\s(?=\d)`, (_, { before }) =>
    /[\d)]$/u.test(before) ? ' minus ' : undefined,
  ),
  rule(String.raw`[-−](?=\d)`, (_, { before }) => (/[\dA-Za-z]$/u.test(before) ? undefined : 'minus ')),
  rule(String.raw`-(?=\d)`, (_, { before }) => (/[A-Za-z]$/u.test(before) ? ' ' : undefined)),
  rule(String.raw`\s?/\s?(?=\d{1,16}\s?=)`, (_, { before }) => (/\d$/u.test(before) ? ' divided by ' : undefined)),
  rule(String.raw`\s?([+×÷=≈≠≥≤><±&@√π])\s?`, ([, sign = ''], { before, after }) => {
    const word = SIGN_WORDS[sign] ?? sign;
    const gap = before === '' || /\s$/u.test(before) ? '' : ' ';
    return `${gap}${word}${after === '' || /^[.,!?;:]/u.test(after) ? '' : ' '}`;
  }),
  rule(String.raw`#(?=\d)`, () => 'number '),
];

const NUMBERS: readonly Rule[] = [
  rule(String.raw`(\d{1,4})([A-Z])(?![A-Za-z])`, ([, n = '', letter = '']) => `${wholeEn(n)} ${letter}`),
  rule(NUMBER, ([n = ''], { before }) => (/[A-Za-z]$/u.test(before) ? ` ${numberEn(n)}` : numberEn(n))),
];

const RULES: readonly Rule[] = [...CODES, ...DATES, ...TIMES, ...AMOUNTS, ...SIGNS, ...NUMBERS];
const BEGINS = /[\d\s/—'A-Za-z+×÷=≈≠≥≤><±&@#√π¥￥$€£(−-]/u;

export const englishForm = (text: string): string => {
  const said = applyRules(text, RULES, BEGINS);
  return /^[^\p{L}\d]{0,3}[\d$€£¥\p{Lu}]/u.test(text) ? said.replace(/\p{L}/u, (first) => first.toUpperCase()) : said;
};
