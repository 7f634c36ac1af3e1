import { describe, expect, it } from 'vitest';
import { espeakSpelling } from './espeak/spelling.js';
import { espeakVoice } from './espeak/voices.js';
import { fliteSpelling } from './flite/spelling.js';

describe('fliteSpelling', () => {
  it.each([
    ['It’s “nice” — really…', "It's nice, really..."],
    ['Café naïve Müller Straße', 'Cafe naive Muller Strasse'],
    ['你好。Hello！', '. Hello!'],
    ['你好', ''],
    ['...', ''],
    ['a\u0000b\nc', 'a b c'],
  ])('spells %j as %j', (text, spelled) => {
    expect(fliteSpelling(text)).toBe(spelled);
  });

  it('cuts tokens that are no words', () => {
    expect(fliteSpelling(`a ${'x'.repeat(5000)} b`)).toBe(`a ${'x'.repeat(40)} b`);
  });
});

describe('espeakSpelling', () => {
  it.each([
    ['现在10:30', '现在10点30分'],
    ['9:05或18：00', '9点零5分或18点整'],
    ['涨了5.5%', '涨了百分之5.5'],
    ['请过一会儿再试，在这儿等', '请过一会再试，在这里等'],
    ['会儿童画吗', '会儿童画吗'],
    ['2024年11月', '二零二四年11月'],
    ['电话13800138000。', '电话一三八零零一三八零零零。'],
    ['价格1234567.5元', '价格1234567.5元'],
    ['3~5天', '3到5天'],
    ['25℃', '25摄氏度'],
    ['比分25:61:3', '比分25:61:3'],
    ['<b>你</b>[[x]]', 'b 你 /b x'],
  ])('spells %j as %j in Mandarin', (text, spelled) => {
    expect(espeakSpelling(text, 'cmn')).toBe(spelled);
  });

  it('leaves numbers in other languages to espeak', () => {
    expect(espeakSpelling('10:30, 5%', 'de')).toBe('10:30, 5%');
  });
});

describe('espeakVoice', () => {
  it.each([
    ['zh-CN', 'cmn'],
    ['zh_HK', 'yue'],
    ['yue', 'yue'],
    ['en-US', 'en-us'],
    ['en-GB', 'en'],
    ['pt', 'pt-br'],
    ['de-AT', 'de'],
    ['', ''],
  ])('%s -> %s', (language, voice) => {
    expect(espeakVoice(language)).toBe(voice);
  });
});
