import { describe, expect, it } from 'vitest';
import { ERROR_TABLE } from '../../core/index.js';
import { EXIT_WORDS, isExitUtterance, phrase, spokenPhrases, withoutAsides } from './phrases.js';

describe('phrases', () => {
  it('include a sentence in both languages for every error with an apology', () => {
    for (const row of Object.values(ERROR_TABLE)) {
      if (!('apology' in row)) continue;
      expect(phrase('zh-CN', row.apology)).toMatch(/\p{Script=Han}/u);
      expect(phrase('de-DE', row.apology)).toMatch(/^[A-Z][\x20-\x7e]+[.?]$/);
    }
  });

  it('are in Chinese for Cantonese, and in English for all other languages', () => {
    expect(phrase('yue-CN', 'greeting')).toBe(phrase('zh-CN', 'greeting'));
    expect(phrase('ja-JP', 'greeting')).toBe(phrase('en-US', 'greeting'));
  });

  it('are all in the list for the phrase cache', () => {
    expect(spokenPhrases('zh-CN')).toContain(phrase('zh-CN', 'busy'));
    expect(new Set(spokenPhrases('en-US')).size).toBe(spokenPhrases('en-US').length);
  });
});

describe('exit words', () => {
  it.each(['再见', '再见。', ' 拜拜！', '退出', '关闭', 'Goodbye.', 'Bye-bye!', 'GOOD BYE'])('%s', (text) => {
    expect(isExitUtterance(text, EXIT_WORDS)).toBe(true);
  });
  it.each(['', '。', '再见是什么意思', 'goodbye is a word', 'buy', '关闭电视'])('are not in: "%s"', (text) => {
    expect(isExitUtterance(text, EXIT_WORDS)).toBe(false);
  });
});

describe('withoutAsides', () => {
  it.each([
    ['Let me think. It is noon.', ['Let me think.'], 'It is noon.'],
    ['Let me', ['Let me think.'], ''],
    ['', ['Let me think.'], ''],
    ['It is noon. Sorry.', ['Sorry.'], 'It is noon.'],
    ['It is noon.', [], 'It is noon.'],
  ])('%s', (heard, asides, text) => {
    expect(withoutAsides(heard, asides)).toBe(text);
  });
});
