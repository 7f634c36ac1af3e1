import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speakSum, understandSum } from './arithmetic.js';
import { chineseNumber, leadingChineseNumber } from './chinese-numbers.js';
import { englishNumber } from './english-numbers.js';

function english(text: string): string | undefined {
  const sum = understandSum(text);
  return sum && speakSum(sum, 'en');
}

function chinese(text: string): string | undefined {
  const sum = understandSum(text);
  return sum && speakSum(sum, 'zh');
}

function read(text: string): number | undefined {
  return englishNumber(text.split(' '), 0)?.value;
}

describe('sums', () => {
  it.each([
    ['what is twelve times seven?', '12 times 7 is 84.'],
    ['3.5 + 4', '3.5 plus 4 is 7.5.'],
    ["what's one hundred and five minus six", '105 minus 6 is 99.'],
    ['what is 25 percent of 80', '25 percent of 80 is 20.'],
    ['the square root of 144', 'The square root of 144 is 12.'],
    ['subtract five from twenty', '20 minus 5 is 15.'],
    ['add 3 and 4', '3 plus 4 is 7.'],
    ['two million divided by a thousand', '2000000 divided by 1000 is 2000.'],
    ['minus five plus three', 'Minus 5 plus 3 is minus 2.'],
    ['2 plus 3 times 4', '2 plus 3 times 4 is 14.'],
    ['two to the power of ten', '2 to the power of 10 is 1024.'],
    ['(3+4)*5', 'That is 35.'],
    ['ten divided by zero', 'Nothing can be divided by zero.'],
    ['0.1 + 0.2', '0.1 plus 0.2 is 0.3.'],
    ['one over three', '1 divided by 3 is about 0.3333.'],
  ])('%s', (asked, answer) => expect(english(asked)).toBe(answer));

  it.each([
    ['十二乘以七', '十二乘以七等于八十四。'],
    ['一百二十三加四十五等于多少', '一百二十三加四十五等于一百六十八。'],
    ['八十的百分之二十五是多少', '八十乘以百分之二十五等于二十。'],
    ['二的十次方', '二的十次方等于一千零二十四。'],
    ['16的平方根', '根号十六等于四。'],
    ['一万二加三', '一万二千加三等于一万二千零三。'],
    ['十减二十', '十减二十等于负十。'],
    ['十除以三', '十除以三约等于三点三三三三。'],
    ['三分之二加三分之一', '结果等于一。'],
    ['五除以零', '零不能做除数。'],
  ])('%s', (asked, answer) => expect(chinese(asked)).toBe(answer));

  it.each([
    'what is five',
    'what time is it',
    'i have 2 times seen it',
    'five',
    '五',
    '加油',
    '我有三个苹果',
    'he ate one or two',
    '12 12',
    '3 +',
    '* 4',
    '()',
    '',
  ])('are not recognised in: %s', (text) => expect(understandSum(text)).toBeUndefined());
});

describe('numbers', () => {
  it('Chinese: reads back the numbers that it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), (value) => {
        const words = chineseNumber(value);
        expect(leadingChineseNumber(words)).toEqual({ value, length: words.length });
      }),
      { numRuns: 2000 },
    );
  });

  it('English: reads number words of every scale', () => {
    expect(read('nine hundred and ninety nine thousand nine hundred and ninety nine')).toBe(999_999);
    expect(read('two billion three million four thousand and five')).toBe(2_003_004_005);
    expect(read('a hundred')).toBe(100);
    expect(read('three point one four')).toBe(3.14);
    expect(read('1,234.5')).toBe(1234.5);
    expect(read('and')).toBeUndefined();
  });
});

describe('generated sums', () => {
  const operators = ['+', '-', '*'] as const;

  it('gives the same result as JavaScript for a sum of integers, in both languages', () => {
    const part = fc.tuple(fc.constantFrom(...operators), fc.integer({ min: 0, max: 9999 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), fc.array(part, { minLength: 1, maxLength: 3 }), (first, rest) => {
        const terms: number[] = [first];
        for (const [operator, value] of rest) {
          if (operator === '*') terms.push((terms.pop() ?? 0) * value);
          else terms.push(operator === '-' ? -value : value);
        }
        const expected = terms.reduce((sum, term) => sum + term, 0);
        const spokenEn =
          String(first) +
          rest
            .map(([operator, value]) => ` ${{ '+': 'plus', '-': 'minus', '*': 'times' }[operator]} ${value}`)
            .join('');
        const spokenZh =
          chineseNumber(first) +
          rest
            .map(([operator, value]) => `${{ '+': '加', '-': '减', '*': '乘以' }[operator]}${chineseNumber(value)}`)
            .join('');
        for (const spoken of [spokenEn, spokenZh]) {
          const result = understandSum(spoken)?.result;
          expect(result).toEqual(
            Math.abs(expected) > 1e15 ? { ok: false, why: 'too_large' } : { ok: true, value: expected },
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws, and keeps answers within bounds', () => {
    const word = fc.constantFrom(
      ...(
        'what is plus minus times divided by zero one twelve hundred thousand million point percent of the square ' +
        'root half ( ) + - * / ^ % . , 1 99 999999999999999 1e9 十 百 千 万 亿 零 二 点 加 减 乘以 除以 的平方 的平方根 百分之 分之 次方 的 根号 负'
      ).split(' '),
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 100 }),
      fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const sum = understandSum(text);
        for (const language of sum ? (['en', 'zh'] as const) : []) {
          const spoken = sum ? speakSum(sum, language) : '';
          expect(spoken).not.toMatch(/^$|NaN|Infinity|undefined|e\+/);
          expect(spoken.length).toBeLessThan(1500);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
