import { describe, expect, it } from 'vitest';
import { SentenceChunker } from './chunker.js';

function chunks(text: string, language = 'en', limits = {}): string[] {
  const chunker = new SentenceChunker({ language, limits });
  return [...chunker.push(text), ...chunker.flush()];
}

describe('the first chunk', () => {
  it.each([
    ['en', 'It is sunny today. Tomorrow it will rain.', ['It is sunny today.', 'Tomorrow it will rain.']],
    ['zh', '你好呀！今天天气很好。', ['你好呀！', '今天天气很好。']],
    ['en', 'Sure, I can help with that.', ['Sure, I can help with that.']],
    ['zh', '好的，我来帮你。', ['好的，我来帮你。']],
    [
      'zh',
      '今天北京天气晴朗，气温大概在二十五度左右，适合出门。',
      ['今天北京天气晴朗，', '气温大概在二十五度左右，适合出门。'],
    ],
    [
      'en',
      'The weather in Paris is fine, and it will stay so for the week.',
      ['The weather in Paris is fine,', 'and it will stay so for the week.'],
    ],
    ['en', 'Hi! How are you?', ['Hi! How are you?']],
    [
      'en',
      'Hi! I am your assistant and I will help you with everything.',
      ['Hi!', 'I am your assistant and I will help you with everything.'],
    ],
    [
      'en',
      'The quick brown fox jumped over the lazy old dog in the garden and went on to chase the cat.',
      ['The quick brown fox jumped over the lazy old dog in the garden', 'and went on to chase the cat.'],
    ],
  ])('%s %j', (language, text, expected) => {
    expect(chunks(text, language)).toEqual(expected);
  });

  it('is given out as soon as the text allows', () => {
    const chunker = new SentenceChunker({ language: 'zh' });
    expect(chunker.push('你好呀')).toEqual([]);
    expect(chunker.push('！')).toEqual(['你好呀！']);
    // Closing marks may still follow.
    expect(chunker.push('今天的天气真好呀！')).toEqual([]);
    expect(chunker.push('？')).toEqual([]);
    expect(chunker.push('我')).toEqual(['今天的天气真好呀！？']);
  });
});

describe('later chunks', () => {
  const after = (text: string, language = 'en'): string[] =>
    chunks(`This is the first sentence. ${text}`, language).slice(1);
  it.each([
    [
      'Mr. Smith met Dr. Jones at 5 p.m. Then they left for the U.S. Army base.',
      ['Mr. Smith met Dr. Jones at 5 p.m.', 'Then they left for the U.S. Army base.'],
    ],
    [
      'Version 3.14 costs 1,000.50 dollars at 10:30. See No. 5, p. 7, e.g. this one.',
      ['Version 3.14 costs 1,000.50 dollars at 10:30.', 'See No. 5, p. 7, e.g. this one.'],
    ],
    [
      'He said, "Really, you mean it?" and left. "Of course I do mean it!" she cried.',
      ['He said, "Really, you mean it?" and left.', '"Of course I do mean it!" she cried.'],
    ],
    [
      '“This sentence is quoted.” (And this one is in brackets.) The end is near now.',
      ['“This sentence is quoted.”', '(And this one is in brackets.)', 'The end is near now.'],
    ],
    [
      'Was that so? No. Yes! And so it went on and on. J. R. R. Tolkien wrote it.',
      ['Was that so? No. Yes! And so it went on and on.', 'J. R. R. Tolkien wrote it.'],
    ],
    ['So am I. And then we all went home at last.', ['So am I. And then we all went home at last.']],
  ])('%j', (text, expected) => {
    expect(after(text)).toEqual(expected);
  });

  it('are not cut after German ordinals and abbreviations', () => {
    expect(after('Am 3. Oktober kam z.B. Herr Dr. Müller mit bzw. ohne Hut.', 'de')).toEqual([
      'Am 3. Oktober kam z.B. Herr Dr. Müller mit bzw. ohne Hut.',
    ]);
  });

  it('contain the Chinese closing marks of their sentence', () => {
    expect(chunks('“你好，很高兴见到你。”他笑着这样对我们说道。（其实他并不是那么高兴。）', 'zh')).toEqual([
      '“你好，很高兴见到你。”',
      '他笑着这样对我们说道。',
      '（其实他并不是那么高兴。）',
    ]);
  });

  it('consist of several sentences if these are very short', () => {
    expect(after('Yes. No. Maybe. I do not know that at all.')).toEqual(['Yes. No. Maybe. I do not know that at all.']);
  });

  it('are cut from a long sentence after the last clause that fits', () => {
    const clause = 'one clause of some thirty letters,';
    const long = after(`${Array.from({ length: 8 }, () => clause).join(' ')} and the end.`);
    expect(long.length).toBeGreaterThan(2);
    for (const chunk of long.slice(0, -1)) {
      expect(chunk.endsWith(',')).toBe(true);
      expect(chunk.length).toBeGreaterThan(60);
      expect(chunk.length).toBeLessThanOrEqual(120);
    }
  });

  it('are cut between words if a text has no punctuation', () => {
    const words = Array.from({ length: 120 }, (_, i) => `Word${i}`).join(' ');
    const all = after(words);
    expect(all.join(' ')).toBe(words);
    for (const chunk of all) expect(chunk.length).toBeLessThanOrEqual(240);
  });

  it('of Chinese without punctuation are cut between words, never inside a word', () => {
    const sentence = '从前有座山山里有座庙庙里有个老和尚在给小和尚讲故事';
    const all = chunks(sentence.repeat(5), 'zh');
    expect(all.join('')).toBe(sentence.repeat(5));
    for (const chunk of all) {
      expect(chunk.length).toBeLessThanOrEqual(60);
      expect(chunk.endsWith('和')).toBe(false);
    }
  });

  it('can have other limits', () => {
    expect(chunks('First one here. Second one here. Third one here.', 'en', { min: 40 })).toEqual([
      'First one here.',
      'Second one here. Third one here.',
    ]);
  });

  it('never consist of punctuation without words', () => {
    expect(chunks('... !!! ——')).toEqual([]);
    expect(chunks('')).toEqual([]);
  });
});
