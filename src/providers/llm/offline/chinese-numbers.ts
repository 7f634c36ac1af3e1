const WORDS = '零一二三四五六七八九';
const numbered = (characters: string, from: number): readonly (readonly [string, number])[] =>
  Array.from(characters, (character, index) => [character, from + index]);
/** The usual digits, the digits on banknotes, and alternative characters for zero, one and two. */
const DIGITS: Readonly<Record<string, number>> = Object.fromEntries([
  ...numbered(WORDS, 0),
  ...numbered('壹贰叁肆伍陆柒捌玖', 1),
  ...numbered('〇幺两', 0),
]);
const UNITS: Readonly<Record<string, number>> = { 十: 10, 拾: 10, 百: 100, 佰: 100, 千: 1000, 仟: 1000 };
const SECTIONS: Readonly<Record<string, number>> = { 万: 1e4, 亿: 1e8 };

const NUMERAL = /^[零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖十拾百佰千仟万亿]+/;

/** `length` is counted in UTF-16 units. */
export interface LeadingNumber {
  readonly value: number;
  readonly length: number;
}

/** Reads `一百二十三点五`, `两千零五`, `12.5` or `3万`. Returns undefined if the text starts with no number. */
export function leadingChineseNumber(text: string): LeadingNumber | undefined {
  const digits = /^\d{1,15}(?:,\d{3})*(?:\.\d{1,10})?/.exec(text);
  if (digits) {
    const plain = Number(digits[0].replaceAll(',', ''));
    const section = SECTIONS[text.charAt(digits[0].length)];
    return section === undefined
      ? { value: plain, length: digits[0].length }
      : { value: plain * section, length: digits[0].length + 1 };
  }
  const numeral = NUMERAL.exec(text)?.[0];
  if (numeral === undefined) return undefined;
  const whole = wholeChineseNumber(numeral);
  if (whole === undefined) return undefined;
  const fraction = /^点([零〇一幺二两三四五六七八九]{1,10})/.exec(text.slice(numeral.length));
  if (!fraction?.[1]) return { value: whole, length: numeral.length };
  const decimals = Array.from(fraction[1])
    .map((char) => DIGITS[char] ?? 0)
    .join('');
  return { value: Number(`${whole}.${decimals}`), length: numeral.length + fraction[0].length };
}

function wholeChineseNumber(numeral: string): number | undefined {
  const chars = Array.from(numeral);
  if (chars.every((char) => char in DIGITS))
    return chars.length > 15 ? undefined : Number(chars.map((char) => DIGITS[char]).join(''));
  let total = 0;
  let section = 0;
  let digit: number | undefined;
  /** The last unit so far. A digit at the end counts tenths of this unit: 一百二 is 120, 两万三 is 23,000. */
  let lastUnit = 1;
  for (const char of chars) {
    const unit = UNITS[char];
    const large = SECTIONS[char];
    if (unit !== undefined) {
      section += (digit ?? 1) * unit;
      digit = undefined;
      lastUnit = unit;
    } else if (large !== undefined) {
      const amount = section + (digit ?? 0);
      if (amount === 0 && total === 0) return undefined;
      if (total > 0 && total < large) total = (total + amount) * large;
      else total += amount * large;
      section = 0;
      digit = undefined;
      lastUnit = large;
    } else {
      const value = DIGITS[char] ?? 0;
      if (digit !== undefined && digit !== 0) return undefined;
      digit = value;
      if (value === 0) lastUnit = 1;
    }
  }
  const value = total + section + (digit ?? 0) * (lastUnit > 10 ? lastUnit / 10 : 1);
  return Number.isFinite(value) ? value : undefined;
}

/** Writes 1205.5 as `一千二百零五点五`, because even a Mandarin voice without number rules can read words. */
export function chineseNumber(value: number): string {
  if (value < 0) return `负${chineseNumber(-value)}`;
  const [whole = '0', fraction] = plainDecimal(value).split('.');
  const spoken = wholeWords(Number(whole));
  return fraction === undefined ? spoken : `${spoken}点${chineseDigits(fraction)}`;
}

/** Years are spoken digit by digit: 2026 is `二零二六`. */
export function chineseDigits(digits: number | string): string {
  return String(digits).replace(/\d/g, (digit) => WORDS.charAt(Number(digit)));
}

function plainDecimal(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(10).replace(/\.?0+$/, '');
}

function wholeWords(value: number): string {
  if (value < 10_000) return underTenThousand(value);
  const large = value >= 1e8 ? 1e8 : 1e4;
  const high = Math.floor(value / large);
  const rest = value % large;
  const gap = rest > 0 && rest < large / 10 ? '零' : '';
  const tail = rest > 0 ? wholeWords(rest).replace(/^十/, '一十') : '';
  return `${wholeWords(high)}${large === 1e8 ? '亿' : '万'}${gap}${tail}`;
}

function underTenThousand(value: number): string {
  if (value < 10) return WORDS.charAt(value);
  if (value < 20) return `十${value % 10 === 0 ? '' : WORDS.charAt(value % 10)}`;
  const unit = value >= 1000 ? 1000 : value >= 100 ? 100 : 10;
  const rest = value % unit;
  const gap = rest > 0 && rest < unit / 10 ? '零' : '';
  const tail = rest > 0 ? underTenThousand(rest).replace(/^十/, '一十') : '';
  return `${WORDS.charAt(Math.floor(value / unit))}${unit === 1000 ? '千' : unit === 100 ? '百' : '十'}${gap}${tail}`;
}
