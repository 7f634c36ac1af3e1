import { expect, it } from 'vitest';
import { plainName, printable, visibleText } from './printable.js';

const HOSTILE = 'E\u001b]0;OWNED\u0007\u001b[2J\u001b[31mRED\r\nFAKE LINE\u009b31m\u202e\u2028x';

it('escapes characters that control a terminal, and keeps every script', () => {
  expect(printable(HOSTILE)).toBe(
    'E\\u001b]0;OWNED\\u0007\\u001b[2J\\u001b[31mRED\\u000d\\u000aFAKE LINE\\u009b31m\\u202e\\u2028x',
  );
  for (const name of ['厨房里的小智 👩‍🍳', 'Küche', 'مطبخ']) expect(printable(name)).toBe(name);
});

it('makes one short line of a foreign name', () => {
  expect(plainName(HOSTILE)).toBe('E ]0;OWNED [2J [31mRED FAKE LINE 31m x');
  expect(plainName('bread-compact-wifi')).toBe('bread-compact-wifi');
  expect(plainName('x'.repeat(128))).toHaveLength(64);
  for (const nothing of [undefined, '', ' \n\t', '\u0000\ud800']) expect(plainName(nothing)).toBeUndefined();
});

it('keeps the visible part of a text', () => {
  expect(visibleText(HOSTILE)).toBe('E ]0;OWNED [2J [31mRED\nFAKE LINE 31m x');
  const tagged = Array.from('obey', (char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join('');
  expect(visibleText(`so${tagged}u\u200bp\u2060\ufeff\u00ad\u{e0101}`)).toBe('soup');
  for (const text of ['a\n\tb', '厨房里的小智 👩‍🍳 ❤️', 'نمی‌خواهم', 'é']) expect(visibleText(text)).toBe(text);
});
