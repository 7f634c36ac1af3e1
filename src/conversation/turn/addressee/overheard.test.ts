import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overheardAs, type HeardEvidence } from './overheard.js';

const loud = { speechMs: 900, levelDb: -25, probability: 0.95 };
const weak = { speechMs: 250, levelDb: -30, probability: 0.6 };

const judge = (text: string, evidence: Partial<HeardEvidence> = {}): string =>
  overheardAs({
    text,
    language: 'en-US',
    voice: loud,
    usualLevelDb: -25,
    played: undefined,
    asked: false,
    ignored: undefined,
    ...evidence,
  }) ?? 'answered';

describe('overheardAs', () => {
  it.each<[string, Partial<HeardEvidence>, string]>([
    ['What is the weather', {}, 'answered'],
    ['', {}, 'answered'],
    ['네, 안녕하세요', {}, 'language'],
    ['はい。', { language: 'zh-CN' }, 'language'],
    ['네', { language: 'ko-KR' }, 'answered'],
    ['東京の天気は', { language: 'ja-JP' }, 'answered'],
    ['今天天气怎么样', {}, 'answered'],
    ['Play hello by 아이유', {}, 'answered'],
    ['Спасибо за просмотр', { language: 'zh-CN' }, 'language'],
    ['Turn it off now', { voice: { ...loud, levelDb: -41 } }, 'background'],
    ['Turn it off now', { voice: { ...loud, levelDb: -39 } }, 'answered'],
    ['Turn it off now', { voice: { ...loud, levelDb: -41 }, usualLevelDb: undefined }, 'answered'],
    ['And now we go over to the news of the day', { voice: { ...loud, levelDb: -41 } }, 'answered'],
    ['And now we go over to the news of the day', { voice: { ...loud, levelDb: -46 } }, 'background'],
    ['今天晚上七点的新闻联播', { language: 'zh-CN', voice: { ...loud, levelDb: -41 } }, 'background'],
    // A person who repeats ignored words means the device.
    ['Turn it off now', { voice: { ...loud, levelDb: -41 }, ignored: 'Turn it off.' }, 'answered'],
    ['Turn it off now', { voice: { ...loud, levelDb: -41 }, ignored: 'And the weather' }, 'background'],
    // Recognisers often turn noise into these single words.
    ['Yeah.', { voice: weak }, 'noise'],
    ['The.', { voice: weak }, 'noise'],
    ['嗯。', { voice: weak, language: 'zh-CN' }, 'noise'],
    ['Mm-hmm.', {}, 'noise'],
    ['Mm-hmm.', { asked: true }, 'answered'],
    ['Yeah.', {}, 'answered'],
    ['Yes.', { voice: { ...loud, speechMs: 250 } }, 'answered'],
    ['Yes.', { voice: weak, asked: true }, 'answered'],
    ['好。', { voice: weak, asked: true, language: 'zh-CN' }, 'answered'],
    ['Stop.', { voice: weak }, 'answered'],
    ['字幕由 Amara.org 社区提供', { language: 'zh-CN' }, 'noise'],
    ['Thanks for watching!', {}, 'noise'],
    ['the capital of France is Paris', { played: 'The capital of France is Paris. It lies on the Seine.' }, 'echo'],
    ['a capital of France is Paris', { played: 'The capital of France is Paris.' }, 'echo'],
    ['法国的首都是巴黎', { language: 'zh-CN', played: '法国的首都是巴黎，在塞纳河边。' }, 'echo'],
    ['Paris', { played: 'The capital of France is Paris.' }, 'answered'],
    ['what is the capital of Spain', { played: 'The capital of France is Paris.' }, 'answered'],
    [
      'the capital of France is Paris',
      { played: 'The capital of France is Paris.', ignored: 'the capital of France is Paris' },
      'echo',
    ],
  ])('judges "%s" with %j as %s', (text, evidence, expected) => {
    expect(judge(text, evidence)).toBe(expected);
  });

  it('answers every utterance of usual level and length, whatever was said before', () => {
    const words = fc.array(fc.constantFrom('lights', 'turn', 'the', 'off', 'weather', '灯', '天气'), {
      minLength: 1,
      maxLength: 12,
    });
    const property = fc.property(words, fc.integer({ min: -38, max: -10 }), (said, levelDb) => {
      expect(judge(said.join(' '), { voice: { speechMs: 800, levelDb, probability: 0.9 } })).toBe('answered');
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('judges very long texts within the time limit', () => {
    const long = 'word '.repeat(20_000);
    expect(judge(long, { played: long })).toBe('echo');
  });
});
