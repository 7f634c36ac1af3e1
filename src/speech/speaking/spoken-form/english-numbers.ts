const SMALL = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen'
).split(' ');
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const LARGE = ['', ' thousand', ' million', ' billion', ' trillion'];

const under100 = (value: number): string =>
  value < 20
    ? (SMALL[value] ?? '')
    : `${TENS[Math.floor(value / 10)] ?? ''}${value % 10 === 0 ? '' : `-${SMALL[value % 10] ?? ''}`}`;

function under1000(value: number): string {
  if (value < 100) return under100(value);
  const rest = value % 100;
  return `${SMALL[Math.floor(value / 100)] ?? ''} hundred${rest === 0 ? '' : ` and ${under100(rest)}`}`;
}

/** Reads a number digit by digit. `zero` is the word for 0, such as `oh` in rooms and flights. */
export const digitsEn = (digits: string, zero = 'zero'): string =>
  Array.from(digits, (digit) => (digit === '0' ? zero : (SMALL[Number(digit)] ?? digit))).join(' ');

/** Reads a whole number of up to fifteen digits. A longer number is read digit by digit. */
export function wholeEn(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/u, '');
  if (plain.length > 15) return digitsEn(plain);
  if (plain === '0') return 'zero';
  const parts: string[] = [];
  for (let end = plain.length, scale = 0; end > 0; end -= 3, scale++) {
    const value = Number(plain.slice(Math.max(0, end - 3), end));
    if (value === 0) continue;
    const joined = scale === 0 && value < 100 && plain.length > 3 ? `and ${under1000(value)}` : under1000(value);
    parts.unshift(`${joined}${LARGE[scale] ?? ''}`);
  }
  return parts.join(' ');
}

/** Reads a number such as `-1,234.50`. */
export function numberEn(text: string): string {
  const sign = /^[-−–]/u.test(text) ? 'minus ' : '';
  const [whole = '0', decimals] = text
    .replace(/^[-−–+]/u, '')
    .replaceAll(',', '')
    .split('.');
  const said = wholeEn(whole === '' ? '0' : whole);
  return sign + (decimals === undefined || decimals === '' ? said : `${said} point ${digitsEn(decimals)}`);
}

/**
 * Reads a year: 1999 as nineteen ninety-nine, 2005 as two thousand and five, 2024 as twenty twenty-four, 1900 as
 * nineteen hundred.
 */
export function yearEn(digits: string): string {
  const value = Number(digits);
  const [first, last] = [Math.floor(value / 100), value % 100];
  if (digits.length !== 4 || value % 1000 < 10) return wholeEn(digits);
  if (last === 0) return `${under100(first)} hundred`;
  return `${under100(first)} ${last < 10 ? `oh ${SMALL[last] ?? ''}` : under100(last)}`;
}

const IRREGULAR: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** Reads an ordinal: 21 as twenty-first. */
export function ordinalEn(digits: string): string {
  const words = wholeEn(digits);
  const at = Math.max(words.lastIndexOf(' '), words.lastIndexOf('-')) + 1;
  const last = words.slice(at);
  const ordinal = IRREGULAR[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`);
  return words.slice(0, at) + ordinal;
}
