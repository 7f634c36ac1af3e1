import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speakable } from './fakes/speakable.js';
import { fliteSpelling } from '../src/providers/tts/flite/spelling.js';
import { ReplyText } from '../src/conversation/dialogue/text/index.js';
import { spokenForm, spokenPieces } from '../src/speech/speaking/spoken-form/spoken-form.js';

interface Case {
  readonly language: string;
  readonly written: string;
  readonly spoken: string;
}

/**
 * Texts as a language model writes them, and the words that the voice gets after the text was cleaned and written out.
 */
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

describe('spoken text', () => {
  it('is tested with a table of a meaningful length', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(400);
    expect(new Set(CASES.map(({ language, written }) => `${language} ${written}`)).size).toBe(CASES.length);
  });

  it.each(CASES)('$language: $written', (one) => {
    expect(say(one)).toBe(one.spoken);
  });

  it('is the same sentence by sentence as for the whole text', () => {
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

  it('is the same for a sentence that is spoken while it is written', async () => {
    let early = 0;
    const otherwise: string[] = [];
    for (const { language, written } of CASES) {
      const text = speakable(written, language);
      for (const size of [1, 3]) {
        const sentences: { readonly pieces: string[] }[] = [];
        const reply = new ReplyText({ language, pieces: true });
        const deltas = text.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
        let open = false;
        for (const part of [...deltas.flatMap((delta) => reply.push(delta)), ...reply.flush()]) {
          if (part.type !== 'speech') continue;
          if (!open) sentences.push({ pieces: [] });
          sentences.at(-1)!.pieces.push(part.text);
          open = part.part === 'piece';
          if (open) early += 1;
        }
        for (const { pieces } of sentences) {
          let said = '';
          for await (const piece of spokenPieces(() => Readable.from(pieces), language)) said += piece;
          if (said.trim() !== spokenForm(pieces.join('').trim(), language)) otherwise.push(pieces.join('|'));
        }
      }
    }
    expect(otherwise).toEqual([]);
    expect(early).toBeGreaterThan(200);
  });

  it.each([
    ['21 °C, 70°F, 90°', 'Twenty-one degrees Celsius, seventy degrees Fahrenheit, ninety degrees'],
    ['It is 25 ℃ and costs €3.50.', 'It is twenty-five degrees Celsius and costs three euros and fifty cents.'],
    [
      '10 lbs, 5 l, 16GB, 120 km/h',
      'Ten pounds, five liters, sixteen gigabytes, one hundred and twenty kilometers per hour',
    ],
    [
      '50 m² or 2^10, on 2026-11-27.',
      'Fifty square meters or two to the power of ten, on November twenty-seventh, twenty twenty-six.',
    ],
    ['Me & him × 2, e.g. us.', 'Me and him times two, for example us.'],
  ])('needs only letters for a voice without signs: %s', (written, spoken) => {
    expect(fliteSpelling(say({ language: 'en', written, spoken }))).toBe(spoken);
  });

  it('has no number and no unit of the English table for such a voice', () => {
    const signs = /[\d²³°%€£¥$&×÷^]/u;
    const english = CASES.filter(({ language, written }) => language === 'en' && !/\p{Script=Han}/u.test(written));
    expect(english.length).toBeGreaterThan(100);
    expect(english.map((one) => fliteSpelling(say(one))).filter((text) => signs.test(text))).toEqual([]);
  });

  it('is unchanged if no other form is needed', () => {
    for (const text of ['你好，今天过得怎么样？', 'Hello, how are you today?', 'Grüße aus 12 Städten'])
      expect(spokenForm(text, text.startsWith('Gr') ? 'de' : 'zh')).toBe(text);
  });

  /** Many repetitions of pieces of numbers, dates and similar texts. They would make a careless pattern slow. */
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

  it('is made of any text, with a number of words in proportion to its length', () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom('zh', 'en'), (written, language) => {
        expect(spokenForm(written, language).length).toBeLessThanOrEqual(30 * written.length + 30);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['1', '1-', '1.', '1,', '1/', '1:', '-1 ', '12月', '$1-', 'a1', '1 km-', '°', '  '])(
    'is made of a hundred thousand characters of %j in one pass',
    (piece) => {
      const long = piece.repeat(Math.ceil(100_000 / piece.length));
      for (const language of ['zh', 'en']) expect(spokenForm(long, language).length).toBeGreaterThan(0);
    },
  );
});
