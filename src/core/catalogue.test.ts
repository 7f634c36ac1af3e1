import { expect, it } from 'vitest';
import { bilingualWords } from './catalogue.js';

const en = {
  free: 'It is free.',
  taken: (port: number, by: string) => `${port} is taken by ${by}.`,
  listed: (names: readonly string[]) => names.join(', '),
  issues: { full: { title: 'It is full.' } },
};
const zh: typeof en = {
  free: '空闲。',
  taken: (port, by) => `${port} 被${by}占用。`,
  listed: (names) => names.join('、'),
  issues: { full: { title: '满了。' } },
};
const words = bilingualWords({ en, zh });

it('returns each entry in both languages', () => {
  expect(words.free).toEqual({ en: 'It is free.', zh: '空闲。' });
  expect(words.taken(80, 'nginx')).toEqual({ en: '80 is taken by nginx.', zh: '80 被nginx占用。' });
  expect(words.issues.full.title).toEqual({ en: 'It is full.', zh: '满了。' });
});

it('uses the language of the sentence for a parameter that has both languages', () => {
  expect(words.taken(80, { en: 'another program', zh: '别的程序' })).toEqual({
    en: '80 is taken by another program.',
    zh: '80 被别的程序占用。',
  });
  expect(words.listed(['nginx', { en: 'the old server', zh: '原服务器' }])).toEqual({
    en: 'nginx, the old server',
    zh: 'nginx、原服务器',
  });
});
