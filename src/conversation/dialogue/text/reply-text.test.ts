import { array, assert, constantFrom, nat, oneof, property, string, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../../../device/protocol/index.js';
import { DEFAULT_CHUNK_LIMITS } from './chunker.js';
import { speakable } from '../../../../test/fakes/speakable.js';
import { ReplyText, type TextPart } from './reply-text.js';
import { spokenUnits } from '../../../audio/index.js';

function parts(language: string, deltas: readonly string[]): TextPart[] {
  const reply = new ReplyText({ language });
  return [...deltas.flatMap((delta) => reply.push(delta)), ...reply.flush()];
}

function chunks(all: readonly TextPart[]): string[] {
  return all.flatMap((part) => (part.type === 'speech' ? [part.text] : []));
}

function cutAt(text: string, places: readonly number[]): string[] {
  const sorted = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => text.slice(from, sorted[index] ?? text.length));
}

const PIECES = [
  'Hello',
  ' there',
  '你好',
  '，',
  '。',
  '！',
  '？',
  '.',
  '!',
  '?',
  ',',
  ' ',
  '\n',
  '\n\n',
  '**',
  '*',
  '_',
  '`',
  '```',
  '```js\n',
  '*smiles* ',
  '(waves)',
  '（微笑）',
  '(｡♥‿♥｡)',
  '^_^',
  'xD',
  'T_T',
  '¯\\_(ツ)_/¯',
  'x^2',
  '^{10}',
  '²',
  '\\frac{1}{2}',
  '\\times',
  '\\(',
  '~~',
  '~',
  '~~~',
  '#',
  '# ',
  '### ',
  '- ',
  '* ',
  '+ ',
  '1. ',
  '12) ',
  '3.14',
  '1,000',
  '10:30',
  'v1.2.3',
  '|',
  '| a | b |',
  '|---|:-:|',
  '---',
  '===',
  '> ',
  '[',
  ']',
  '](',
  '(',
  ')',
  '[link](https://x.y/z(1))',
  '![alt](a.png)',
  '[1]',
  '[^2]',
  '[x] ',
  '[happy]',
  '【开心】',
  '[sad',
  'https://example.com/a_b?c=d*e',
  'www.foo.org',
  'a.b@c.com',
  'http://',
  ' The',
  ' Www.foo.org',
  ' A.b@c.com',
  ' Http://',
  '@',
  '://',
  '<think>',
  '</think>',
  '<think',
  '</',
  '<',
  '>',
  '<b>',
  '<br/>',
  '<|im_end|>',
  '<tool_call>',
  '</tool_call>',
  '<https://a.b>',
  '😀',
  '👨‍👩‍👧',
  '🇨🇳',
  '1️⃣',
  '❤️',
  '\ud83d',
  '\ude00',
  '\u200d',
  '\u0000',
  '\r\n',
  '&amp;',
  '&',
  '\\*',
  '\\',
  '$5',
  '$',
  '“',
  '”',
  '"',
  "'",
  '…',
  '...',
  '。。。',
  '——',
  '--',
  '-',
  ':)',
  ';-)',
  ':(',
  '℃',
  '°',
  '→',
  '★',
  'Mr. ',
  'e.g. ',
  'U.S. ',
  'C#',
  'a'.repeat(70),
  '字'.repeat(70),
  '(((((',
  'é',
  'e\u0301',
  'ก',
  'नमस्ते',
];
const text = array(
  oneof(
    { weight: 8, arbitrary: constantFrom(...PIECES) },
    { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 6 }) },
  ),
  { maxLength: 40 },
).map((pieces) => pieces.join(''));
const language = constantFrom('zh-CN', 'en-US', 'de-DE', 'xx');
const RUNS = { numRuns: 1_500 };

describe('ReplyText for any reply', () => {
  it('returns the same parts however the reply was cut into deltas', () => {
    assert(
      property(language, text, array(nat(), { maxLength: 30 }), (tag, reply, places) => {
        const whole = parts(tag, [reply]);
        expect(parts(tag, cutAt(reply, places))).toEqual(whole);
        expect(parts(tag, reply.split(''))).toEqual(whole);
      }),
      RUNS,
    );
  });

  it('speaks the whole cleaned text, in order, and nothing else', () => {
    assert(
      property(language, text, (tag, reply) => {
        const heard = (some: string): string => some.replace(/[^\p{L}\p{N}]+/gu, '');
        expect(heard(chunks(parts(tag, [reply])).join(' '))).toBe(heard(speakable(reply, tag)));
      }),
      RUNS,
    );
  });

  it('never returns an empty or endless chunk, Markdown, emoji or control characters', () => {
    assert(
      property(language, text, (tag, reply) => {
        for (const chunk of chunks(parts(tag, [reply]))) {
          expect(chunk).toMatch(/[\p{L}\p{N}]/u);
          expect(chunk).toBe(chunk.trim());
          expect(spokenUnits(chunk)).toBeLessThan(DEFAULT_CHUNK_LIMITS.hardMax + 70);
          expect(chunk).not.toMatch(
            /[*`|[\]\\_【】{}^]|##|~~|https?:\/\/|\p{Extended_Pictographic}(?<![™®])|\p{Cs}|\p{Cc}|\s{2}/u,
          );
          expect(chunk).not.toMatch(/(?<!\d)~|~(?!\d)/u);
        }
      }),
      RUNS,
    );
  });

  it('returns only emotions of the protocol, and never the same twice in a row', () => {
    assert(
      property(text, (reply) => {
        const emotions = parts('en', [reply]).flatMap((part) => (part.type === 'emotion' ? [part.emotion] : []));
        for (const [index, emotion] of emotions.entries()) {
          expect(EMOTIONS).toContain(emotion);
          expect(emotions[index - 1]).not.toBe(emotion);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not change plain prose', () => {
    const word = constantFrom(
      'the',
      'cat',
      'sat',
      '3.14',
      'U.S.',
      'Mr.',
      "don't",
      'naïve',
      '10:30',
      'C#',
      'well-known',
      '50%',
      '"yes"',
    );
    assert(
      property(
        array(tuple(word, constantFrom(' ', ', ', '. ', '! ', '? ', '; ')), { minLength: 1, maxLength: 30 }),
        (words) => {
          const prose = words
            .map((pair) => pair.join(''))
            .join('')
            .trim()
            .replace(/\.\. /gu, '. ');
          expect(chunks(parts('en', [prose])).join(' ')).toBe(prose.replace(/\.\.+/gu, '…').trim());
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('ReplyText, token by token', () => {
  it.each([
    ['en-US', ['The garden', ' is quiet', '.', ' The', ' river'], [[], [], [], ['The garden is quiet.'], []]],
    [
      'en-US',
      ['What a good', ' question', '!', '\n\n', 'I', ' think'],
      [[], [], [], [], ['What a good question!'], []],
    ],
    // After a full stop and a space, only a capital letter begins a sentence, and not after an abbreviation.
    ['en-US', ['It takes a few hours', '.', ' the', ' river'], [[], [], [], []]],
    [
      'en-US',
      ['Please write to my address', '.', ' Bob', '@x.com', ' is'],
      [[], [], ['Please write to my address.'], [], []],
    ],
    ['en-US', ['We talked with Mr', '.', ' Bob', ' today'], [[], [], [], []]],
    ['zh-CN', ['今天', '天气', '很好', '。', '我们', '走吧'], [[], [], [], ['今天天气很好。'], [], []]],
    [
      'zh-CN',
      ['真的', '是这样吗', '？', '！', '那我们就走吧', '。', '好'],
      [[], [], ['真的是这样吗？'], [], [], [], ['那我们就走吧。']],
    ],
    ['zh-CN', ['他说', '：“', '天气很好', '。', '”', '我们', '走吧'], [[], [], [], [], [], ['他说：“天气很好。”'], []]],
    ['zh-CN', ['他说:"', '天气很好', '。', '"', '我们', '走吧'], [[], [], [], [], ['他说:"天气很好。"'], []]],
    // No word replaces an address in Italian, so the following text is uncertain.
    ['it-IT', ['Il giardino', ' tranquillo', '.', ' Il', ' fiume'], [[], [], [], [], ['Il giardino tranquillo.']]],
  ])('gives a sentence as soon as the next one has certainly begun: %s %j', (tag, tokens, expected) => {
    const reply = new ReplyText({ language: tag });
    expect(tokens.map((token) => chunks(reply.push(token)))).toEqual(expected);
  });
});

function cost(unit: string, size: number): { readonly cpuMs: number; readonly heldChars: number } {
  const hostile = unit.repeat(Math.ceil(size / unit.length));
  const before = process.cpuUsage();
  let heldChars = 0;
  for (const start of [hostile, `x ${hostile}`]) {
    const reply = new ReplyText({ language: 'en' });
    for (let at = 0; at < start.length; at += 7) reply.push(start.slice(at, at + 7));
    reply.push(start);
    heldChars = Math.max(heldChars, chunks(reply.flush()).join('').length);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, heldChars };
}

describe('ReplyText for hostile replies', () => {
  it.each([
    ['letters', 'a'],
    ['characters', '字'],
    ['spaces', ' '],
    ['newlines', '\n'],
    ['stars', '*'],
    ['backticks', '`'],
    ['tildes', '~'],
    ['dots', '.'],
    ['dashes', '-'],
    ['pipes', '|'],
    ['hashes', '#'],
    ['brackets', '['],
    ['closing brackets', ']('],
    ['tags', '<a'],
    ['open thoughts', '<think>'],
    ['closed thoughts', '</think>'],
    ['addresses', 'http://'],
    ['marks of an address', 'http://a.'],
    ['mails', 'a@b.'],
    ['letters and dots', 'a.'],
    ['quotation marks', '."'],
    ['stops', '。'],
    ['emoji', '😀'],
    ['combining marks', '\u0301'],
    ['joiners', '\u200d'],
    ['numbers', '1'],
    ['list numbers', '1. '],
    ['ampersands', '&'],
    ['entities', '&am'],
    ['table rows', '| a\n'],
    ['quotes', '> '],
    ['parentheses', '('],
    ['backslashes', '\\'],
    ['lone surrogates', '\ud83d'],
  ])('%s: linear time, little held back', (_, unit) => {
    cost(unit, 10_000);
    const short = cost(unit, 25_000);
    const long = cost(unit, 100_000);
    // The text is four times as long. Quadratic work would take sixteen times as long.
    expect(long.cpuMs).toBeLessThan(9 * short.cpuMs + 150);
    expect(long.heldChars).toBeLessThan(700);
  });
});
