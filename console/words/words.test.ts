import { describe, expect, it } from 'vitest';
import { firstLanguage, WORDS } from './index.js';

/** Functions are called with numbers, which must appear in both languages. */
function texts(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String((value as (...args: unknown[]) => unknown)(3, 7, 9))]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}

describe('the texts of the page', () => {
  it('have the same content in Chinese and English, numbers included', () => {
    const en = texts(WORDS.en);
    const zh = new Map(texts(WORDS.zh));
    expect([...zh.keys()].toSorted()).toEqual(en.map(([path]) => path).toSorted());
    for (const [path, text] of en) {
      const other = zh.get(path) ?? '';
      expect(other === '', path).toBe(text === '');
      expect(other.match(/\d+/g)?.toSorted() ?? [], path).toEqual(text.match(/\d+/g)?.toSorted() ?? []);
    }
  });

  it('are Chinese in the Chinese catalogue', () => {
    const same = new Set([
      '.page.title',
      '.aside',
      '.page.language',
      '.page.languageLabel',
      '.page.version',
      '.talk.languages.en-US',
      '.talk.empty.en',
    ]);
    expect(
      texts(WORDS.zh).filter(([path, text]) => text !== '' && !same.has(path) && !/\p{Script=Han}/u.test(text)),
    ).toEqual([]);
  });

  it('use the language of the browser, unless the reader chose one', () => {
    expect(firstLanguage(['de-DE', 'zh-TW', 'en'], null)).toBe('zh');
    expect(firstLanguage(['en-GB', 'zh-CN'], null)).toBe('en');
    expect(firstLanguage(['fr'], null)).toBe('en');
    expect(firstLanguage(['en'], 'zh')).toBe('zh');
    expect(firstLanguage(['en'], 'tlh')).toBe('en');
  });
});
