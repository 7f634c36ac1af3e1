import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speakable } from './fakes/speakable.js';
import { spokenForm } from '../src/speech/speaking/spoken-form/spoken-form.js';

interface Case {
  readonly language: string;
  readonly written: string;
  readonly spoken: string;
}

/** Texts of a language model, and the words that the voice gets: cleaned first, then written out in words. */
const CASES: readonly Case[] = readFileSync(new URL('fixtures/spoken-text.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [language = '', written = '', spoken = ''] = line
      .split('\t')
      .map((cell) => JSON.parse(`"${cell}"`) as string);
    return { language, written, spoken };
  });
const say = ({ language, written }: Case): string => spokenForm(speakable(written, language), language);

describe('text that is spoken', () => {
  it('has a table that is long enough to mean something', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(400);
    expect(new Set(CASES.map(({ language, written }) => `${language} ${written}`)).size).toBe(CASES.length);
  });

  it.each(CASES)('$language: $written', (one) => {
    expect(say(one)).toBe(one.spoken);
  });

  it('is the same sentence by sentence as all at once', () => {
    const whole = CASES.filter(({ written }) => /^[\p{Script=Han}\w ,，¥$]+[。.]$/u.test(written));
    for (const [index, { language, written }] of whole.entries()) {
      const next = whole[(index + 1) % whole.length]!;
      if (next.language !== language || !/\p{Script=Han}/u.test(written + next.written)) continue;
      if (!/\p{Script=Han}/u.test(written) || !/\p{Script=Han}/u.test(next.written)) continue;
      expect(spokenForm(written + next.written, language)).toBe(
        spokenForm(written, language) + spokenForm(next.written, language),
      );
    }
  });

  it('is left alone where there is nothing to say otherwise', () => {
    for (const text of ['你好，今天过得怎么样？', 'Hello, how are you today?', 'Grüße aus 12 Städten'])
      expect(spokenForm(text, text.startsWith('Gr') ? 'de' : 'zh')).toBe(text);
  });

  /** Pieces of which numbers, dates and the like are made, again and again: what a careless pattern stumbles over. */
  const pieces = [
    '1',
    '12',
    '2024',
    '.',
    ',',
    '-',
    '/',
    ':',
    '%',
    ' ',
    'km',
    '$',
    '¥',
    '年',
    '月',
    '个',
    'v',
    '°',
    '~',
    'a',
  ];

  it('takes any text, and no more words than in proportion to its length', () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom('zh', 'en'), (written, language) => {
        expect(spokenForm(written, language).length).toBeLessThanOrEqual(30 * written.length + 30);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['1', '1-', '1.', '1,', '1/', '1:', '-1 ', '12月', '$1-', 'a1', '1 km-', '°', '  '])(
    'goes through a hundred thousand characters of %j once',
    (piece) => {
      const long = piece.repeat(Math.ceil(100_000 / piece.length));
      for (const language of ['zh', 'en']) expect(spokenForm(long, language).length).toBeGreaterThan(0);
    },
  );
});
