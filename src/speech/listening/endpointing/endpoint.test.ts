import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEndpointPolicy, judgeEnd } from './endpoint.js';

const policy = createEndpointPolicy({ preset: 'default' });

describe('judgeEnd', () => {
  it.each([
    // A model whose marks mean something (Moonshine, Whisper).
    ['en-US', true, 'He was not an ill disposed young man.', 'ended'],
    ['en-US', true, 'Where are you from?', 'ended'],
    ['en-US', true, 'Turn it to twenty.', 'ended'],
    ['en-US', true, 'Turn it to 20.', 'ended'],
    ['en-US', true, 'I would like to know if', 'open'],
    ['en-US', true, 'I went to the shop and.', 'open'],
    ['en-US', true, 'I went to the shop, and', 'open'],
    ['en-US', true, 'Well, um.', 'open'],
    ['en-US', true, 'I think...', 'open'],
    ['en-US', true, 'First:', 'open'],
    // Moonshine's comma after a whole sentence.
    ['en-US', true, 'Unless to be rather cold-hearted and rather selfish is to be ill-disposed,', 'unclear'],
    ['en-US', true, 'What is the weather', 'unclear'],
    ['en-US', true, 'My number is five five five.', 'open'],
    ['en-US', true, 'My number is 555.', 'open'],
    ['en-US', true, "That's spelled c h r", 'open'],
    ['en-US', true, 'Play the band.', 'ended'],
    ['de-DE', true, 'Wie ist das Wetter?', 'ended'],
    ['de-DE', true, 'Ich habe an', 'unclear'],
    // A model that ends everything with a full stop (SenseVoice): the words decide.
    ['zh-CN', false, '今天天气怎么样。', 'unclear'],
    ['zh-CN', false, '你吃饭了吗。', 'ended'],
    ['zh-CN', false, '谢谢。', 'ended'],
    ['zh-CN', false, '我想听那个。', 'open'],
    ['zh-CN', false, '嗯。', 'open'],
    ['zh-CN', false, '因为。', 'open'],
    ['zh-CN', false, '我的电话是一三八。', 'open'],
    ['zh-CN', false, '我的电话是138。', 'open'],
    ['zh-CN', false, '音量调到20。', 'unclear'],
    ['zh-CN', false, '放一首 hello and。', 'open'],
    ['yue-HK', false, '如果。', 'open'],
    ['ja-JP', false, '東京。', 'unclear'],
    ['en-US', false, 'Where are you from.', 'open'],
    ['en-US', false, 'Thank you.', 'ended'],
    ['en-US', false, '', 'unclear'],
    ['en-US', true, ' . ', 'unclear'],
  ] as const)(
    '%s, marks mean something: %s: "%s" is %s',
    (language, punctuationMeansEnd, transcriptSoFar, expected) => {
      expect(judgeEnd({ language, punctuationMeansEnd, transcriptSoFar })).toBe(expected);
    },
  );
});

const waits = (preset: 'default' | 'child', language: string, ended: string, open: string) => {
  const judge = (transcriptSoFar: string) =>
    createEndpointPolicy({ preset }).requiredSilenceMs({ language, transcriptSoFar, punctuationMeansEnd: true });
  return [judge(ended), judge(open)];
};

describe('endpoint policy', () => {
  it('waits 300 to 1200 ms, for Chinese 600 to 1200, for children 1000 to 1600', () => {
    expect(waits('default', 'en-US', 'Hello.', 'Hello and')).toEqual([300, 1200]);
    expect(waits('default', 'fr-FR', 'Bonjour.', 'Bonjour :')).toEqual([300, 1200]);
    expect(waits('default', 'zh-CN', '你好。', '你好和')).toEqual([600, 1200]);
    expect(waits('child', 'zh-CN', '你好。', '你好和')).toEqual([1000, 1600]);
    expect(waits('child', 'en-US', 'Hello.', 'Hello and')).toEqual([1000, 1600]);
  });

  it('starts between the bounds', () => {
    expect(policy.initialSilenceMs('en-US')).toBe(498);
    expect(policy.initialSilenceMs('zh-CN')).toBe(732);
  });

  it('takes configured bounds, one or both', () => {
    expect(
      createEndpointPolicy({ preset: 'default', minSilenceMs: 500, maxSilenceMs: 500 }).initialSilenceMs('zh'),
    ).toBe(500);
    expect(createEndpointPolicy({ preset: 'default', maxSilenceMs: 250 }).initialSilenceMs('en')).toBe(250);
    expect(createEndpointPolicy({ preset: 'default', minSilenceMs: 2000 }).initialSilenceMs('en')).toBe(2000);
  });

  it('stays within its bounds whatever was recognised', () => {
    const property = fc.property(
      fc.constantFrom('en-US', 'zh-CN', 'yue', 'ja-JP', 'xx', ''),
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: fc.constantFrom('和', '嗯', '一', '1', ' ', '.', '。', 'and', 'x', '…') }),
      ),
      fc.boolean(),
      (language, transcriptSoFar, punctuationMeansEnd) => {
        const waitMs = policy.requiredSilenceMs({ language, transcriptSoFar, punctuationMeansEnd });
        return waitMs >= (/^(zh|yue)/.test(language) ? 600 : 300) && waitMs <= 1200;
      },
    );
    expect(() => fc.assert(property, { numRuns: 500 })).not.toThrow();
  });
});
