import { describe, expect, it } from 'vitest';
import { correct } from './corrections.js';

describe('corrections', () => {
  it('replaces Chinese words anywhere in the text', () => {
    expect(correct({ 小只: '小智' })('你好小只，小只在吗')).toBe('你好小智，小智在吗');
  });

  it('replaces English words only as whole words, in any case', () => {
    expect(correct({ chorus: 'Chorus', core: 'corps' })('CHORUS choruses core scores')).toBe(
      'Chorus choruses corps scores',
    );
  });

  it('prefers the longest word and does not correct its own corrections', () => {
    expect(correct({ ab: 'cd', abc: 'x', cd: 'no' })('ab abc cd')).toBe('cd x no');
  });

  it('treats characters of regular expressions literally', () => {
    expect(correct({ 'c++': 'C plus plus', 'a.b': 'x', '(': '-' })('c++ acb a.b (')).toBe('C plus plus acb x -');
  });

  it('changes nothing without rules, and deletes a word with an empty rule', () => {
    expect(correct({})('嗯 好')).toBe('嗯 好');
    expect(correct({ 嗯: '', ' ': 'x' })('嗯 好')).toBe(' 好');
  });
});
