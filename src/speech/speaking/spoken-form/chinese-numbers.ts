const DIGITS = '零一二三四五六七八九';
const SMALL = ['', '十', '百', '千'] as const;
const LARGE = ['', '万', '亿', '万亿'] as const;

/** Reads a number digit by digit. With `phone`, 1 is 幺, as in telephone and room numbers. */
export function digitsZh(digits: string, phone = false): string {
  return Array.from(digits, (digit) => (phone && digit === '1' ? '幺' : (DIGITS[Number(digit)] ?? digit))).join('');
}

/** Reads a whole number of up to sixteen digits. A longer number is read digit by digit. */
export function wholeZh(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/u, '');
  if (plain.length > 16) return digitsZh(plain);
  if (plain === '0') return '零';
  const groups: string[] = [];
  for (let end = plain.length; end > 0; end -= 4) groups.unshift(plain.slice(Math.max(0, end - 4), end));
  let said = '';
  for (const [index, group] of groups.entries()) {
    const value = Number(group);
    if (value === 0) continue;
    if (said !== '' && value < 1000 && !said.endsWith('零')) said += '零';
    said += groupZh(group) + (LARGE[groups.length - 1 - index] ?? '');
  }
  return said.replace(/^一十/u, '十').replace(/^二(?=[百千万亿])/u, '两');
}

function groupZh(group: string): string {
  let said = '';
  let zero = false;
  const plain = String(Number(group));
  for (const [index, digit] of Array.from(plain).entries()) {
    if (digit === '0') {
      zero = true;
      continue;
    }
    if (zero && said !== '') said += '零';
    zero = false;
    said += (DIGITS[Number(digit)] ?? '') + (SMALL[plain.length - 1 - index] ?? '');
  }
  return said;
}

/** Reads a number such as `-1,234.50`. The digits after the point are read one by one. */
export function numberZh(text: string): string {
  const sign = /^[-−–]/u.test(text) ? '负' : '';
  const [whole = '0', decimals] = text
    .replace(/^[-−–+]/u, '')
    .replaceAll(/[,，]/gu, '')
    .split('.');
  const said = wholeZh(whole === '' ? '0' : whole);
  return (
    sign + (decimals === undefined || decimals === '' ? said : `${said.replace(/^两/u, '二')}点${digitsZh(decimals)}`)
  );
}

/** Reads a number before a measure word or a unit, where 2 is 两. */
export const countZh = (text: string): string =>
  /^[-−–+]?2$/u.test(text) ? numberZh(text).replace('二', '两') : numberZh(text);

/** Reads an amount of money: 12.50 is 十二点五. */
export const amountZh = (text: string): string => countZh(text.includes('.') ? text.replace(/\.?0+$/u, '') : text);
