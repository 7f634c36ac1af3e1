import { describe, expect, it } from 'vitest';
import { espeakSpelling } from './espeak/spelling.js';
import { espeakVoice } from './espeak/voices.js';
import { fliteSpelling } from './flite/spelling.js';

describe('fliteSpelling', () => {
  it.each([
    ['It’s “nice” — really…', "It's nice, really..."],
    ['Café naïve Müller Straße', 'Cafe naive Muller Strasse'],
    ['21 °C, 70°F, 90°', '21 degrees Celsius, 70 degrees Fahrenheit, 90 degrees'],
    ['€3.50, £2 and ¥100', '3.50 euros, 2 pounds and 100 yuan'],
    ['2 × 3 ÷ 4', '2 times 3 divided by 4'],
    ['It is 25 ℃ and 70℉ now.', 'It is 25 degrees Celsius and 70 degrees Fahrenheit now.'],
    [
      '120 km/h, 3 mph, 10 lbs, 6 ft, 3.5 kg, 5 MB, 16GB',
      '120 kilometers per hour, 3 miles per hour, 10 pounds, 6 feet, 3.5 kilograms, 5 megabytes, 16 gigabytes',
    ],
    ['1 km, 50 m², 2 cm^3, 1,200 g.', '1 kilometer, 50 square meters, 2 cubic centimeters, 1,200 grams.'],
    ['x² + y² = z³, 2^10', 'x squared + y squared = z cubed, 2 to the power of 10'],
    ['On 2026-11-27, not 123-45-6789', 'On November 27, 2026, not 123-45-6789'],
    ['me & him, e.g. us', 'me and him, for example us'],
    ['10:30 a.m., 5 pm, 1,234,567 and 3rd', '10:30 a.m., 5 pm, 1,234,567 and 3rd'],
    ['你好。Hello！', '. Hello!'],
    ['你好', ''],
    ['...', ''],
    ['a\u0000b\nc', 'a b c'],
  ])('%j is read as %j', (text, spelled) => {
    expect(fliteSpelling(text)).toBe(spelled);
  });

  it('cuts what is no word', () => {
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
  ])('in Mandarin %j is read as %j', (text, spelled) => {
    expect(espeakSpelling(text, 'cmn')).toBe(spelled);
  });

  it('leaves numbers to espeak elsewhere', () => {
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
