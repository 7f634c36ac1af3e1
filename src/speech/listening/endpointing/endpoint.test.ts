import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Patience } from '../../../records/index.js';
import { createEndpointPolicy, judgeEnd } from './endpoint.js';

const policy = createEndpointPolicy({ patience: 'normal' });

describe('the judgement of the words', () => {
  it.each([
    // Models whose punctuation has a meaning (Moonshine, Whisper).
    ['en-US', true, 'He was not an ill disposed young man.', 'ended'],
    ['en-US', true, 'Where are you from?', 'ended'],
    ['en-US', true, 'Turn it to twenty.', 'ended'],
    ['en-US', true, 'Turn it to 20.', 'ended'],
    ['en-US', true, 'I would like to know if', 'open'],
    ['en-US', true, 'I went to the shop and.', 'open'],
    ['en-US', true, 'I went to the shop, and', 'open'],
    ['en-US', true, 'Well, um.', 'open'],
    ['en-US', true, 'I think...', 'open'],
    ['en-US', true, 'Seven of.', 'open'],
    ['en-US', true, 'He might.', 'open'],
    ['en-US', true, 'And the weather is.', 'open'],
    ['en-US', true, 'Good morning Mr.', 'open'],
    ['en-US', true, 'Yes, it is.', 'brief'],
    ['en-US', true, 'As fast as you can.', 'ended'],
    ['en-US', true, 'Turn it on.', 'brief'],
    ['en-US', true, 'Where are you at?', 'ended'],
    ['en-US', true, 'Tell me more.', 'ended'],
    ['en-US', true, 'First:', 'open'],
    // Moonshine writes a comma after a whole sentence.
    ['en-US', true, 'Unless to be rather cold-hearted and rather selfish is to be ill-disposed,', 'comma'],
    ['en-US', true, 'What is the weather', 'doubtful'],
    ['en-US', true, 'My number is five five five.', 'open'],
    ['en-US', true, 'My number is 555.', 'open'],
    // Two spelled digits or letters begin a number. Figures begin a number from three on.
    ['en-US', true, 'My number is five five.', 'open'],
    ['en-US', true, 'Give me five.', 'brief'],
    ['en-US', true, "That's spelled c h r", 'open'],
    ['en-US', true, "That's spelled c h.", 'open'],
    ['en-US', true, 'I like vitamin c.', 'ended'],
    ['zh-CN', true, '我的电话是一三。', 'open'],
    ['zh-CN', true, '我要一。', 'ended'],
    // An ellipsis counts only at the end.
    ['en-US', true, 'Well... I think so.', 'ended'],
    ['en-US', true, 'Well… I think so…”', 'open'],
    // The model wrote no mark although its punctuation has a meaning.
    ['en-US', true, 'Thank you', 'doubtful'],
    // A full stop means little after a word that is seldom last, after numbers, or after a subordinate clause alone.
    ['en-US', true, 'We had been there then.', 'doubtful'],
    ['en-US', true, 'The more I read, the less I like it more.', 'doubtful'],
    ['en-US', true, 'Thank you very much.', 'ended'],
    ['en-US', true, 'Ninety two.', 'doubtful'],
    ['en-US', true, 'Unless it is cold.', 'doubtful'],
    ['en-US', true, 'If it is cold, stay at home today.', 'ended'],
    ['en-US', true, 'When you come home in the evening call me please do it.', 'ended'],
    ['en-US', true, 'Tell me about a very young.', 'open'],
    ['en-US', true, 'He is a reasonable.', 'open'],
    ['en-US', true, 'He is young.', 'brief'],
    // Figures are numbers. Ordinals and names with figures are not.
    ['en-US', true, '20 thousand.', 'doubtful'],
    ['en-US', true, 'Ninety, two.', 'doubtful'],
    ['en-US', true, 'Ninety - two.', 'doubtful'],
    ['en-US', true, 'Track 20.', 'ended'],
    ['en-US', true, 'Channel 1 3.', 'ended'],
    ['en-US', true, '2nd thousand.', 'brief'],
    ['en-US', true, 'R2 hundred.', 'brief'],
    // A subordinate clause of eight words is assumed to include its main clause.
    ['en-US', true, 'If it is cold in the house.', 'doubtful'],
    ['en-US', true, 'If it is cold in the old house.', 'ended'],
    // An adjective lacks its noun within three words after an article.
    ['en-US', true, 'This is a very very young.', 'open'],
    ['en-US', true, 'This is a not very very young.', 'ended'],
    ['en-US', true, 'This is a very very, young.', 'open'],
    ['en-US', true, 'He is not young.', 'ended'],
    ['en-US', true, 'Yes, it  is.', 'brief'],
    ['en-US', true, 'I think…so.', 'brief'],
    ['en-US', true, 'How much?', 'ended'],
    ['en-US', true, 'Play the band.', 'brief'],
    ['de-DE', true, 'Wie ist das Wetter?', 'ended'],
    ['de-DE', true, 'Ich habe an', 'unclear'],
    // The punctuation of SenseVoice means nothing, so only the words count.
    ['zh-CN', false, '今天天气怎么样。', 'ended'],
    ['zh-CN', false, '今天天气很好。', 'unclear'],
    ['zh-CN', false, '明天早上。', 'doubtful'],
    ['zh-CN', false, '明天我们。', 'doubtful'],
    ['zh-CN', false, '播放一首。', 'doubtful'],
    ['zh-CN', false, '打开客厅的。', 'doubtful'],
    ['zh-CN', false, '小猫为什么。', 'doubtful'],
    // The longer of two listed endings decides. A verb after its object is complete.
    ['zh-CN', false, '好的。', 'ended'],
    ['zh-CN', false, '喜欢你。', 'ended'],
    ['zh-CN', false, '把客厅的灯打开。', 'unclear'],
    ['zh-CN', false, '帮我打开。', 'doubtful'],
    ['en-US', false, 'I like it more.', 'doubtful'],
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
    ['en-US', true, ' Is.', 'open'],
    ['en-US', true, 'And.', 'open'],
    ['en-US', true, 'What is.', 'open'],
    // An earlier question mark does not turn the last word into a question.
    ['en-US', true, 'Really? And where are you from.', 'open'],
    ['en-US', true, 'Where are you at？', 'ended'],
    ['en-US', true, 'She asked: “Where are you at?”', 'ended'],
    ['en-US', true, 'I think..', 'open'],
    ['en-US', true, 'I think (well...)', 'open'],
    ['en-US', true, 'I will tell you—', 'open'],
    ['en-US', true, 'My number is 1 3 8.', 'open'],
    ['en-US', true, 'My number is 1-3-8.', 'open'],
    ['en-US', true, 'My number is five, five.', 'open'],
    ['en-US', true, 'My number is five-five.', 'open'],
    ['en-US', true, 'The year 138 was fine.', 'ended'],
    ['en-US', true, 'Five five is the number.', 'ended'],
    ['de-DE', true, 'Meine Nummer ist 138.', 'open'],
    ['zh-CN', false, '我的电话是一、三。', 'open'],
    ['zh-CN', false, '我的电话是1，3，8。', 'open'],
    ['yue-HK', false, '播 hello and。', 'open'],
    ['de-DE', false, 'Das ist and.', 'unclear'],
    ['ja-JP', false, '平和。', 'unclear'],
    ['en-US', true, 'Turn it on', 'open'],
    ['zh-CN', false, '我现在在。', 'open'],
    ['zh-CN', true, '我现在在。', 'ended'],
    ['en-US', false, 'Turn on Seaside', 'unclear'],
  ] as const)(
    '%s, meaningful punctuation %s: "%s" is %s',
    (language, punctuationMeansEnd, transcriptSoFar, expected) => {
      expect(judgeEnd({ language, punctuationMeansEnd, transcriptSoFar })).toBe(expected);
    },
  );
});

const waits = (patience: Patience, language: string, ended: string, open: string) => {
  const judge = (transcriptSoFar: string) =>
    policy.requiredSilenceMs({ language, transcriptSoFar, punctuationMeansEnd: true, patience });
  return [judge(ended), judge(open)];
};

describe('endpoint policy', () => {
  it('lets only the button end a push-to-talk turn, whatever was said and whatever the bounds are', () => {
    const bounded = createEndpointPolicy({ patience: 'quick', minSilenceMs: 200, maxSilenceMs: 900 });
    const held = { mode: 'manual', language: 'en-US', transcriptSoFar: 'Hello.', punctuationMeansEnd: true } as const;
    expect(bounded.requiredSilenceMs(held)).toBe(Infinity);
    expect(bounded.initialSilenceMs(held)).toBe(Infinity);
    for (const mode of ['auto', 'realtime'] as const)
      expect([bounded.requiredSilenceMs({ ...held, mode }), bounded.initialSilenceMs({ ...held, mode })]).toEqual([
        300, 498,
      ]);
  });

  it('waits according to patience and language, longest after words that cannot end a sentence', () => {
    expect(waits('quick', 'en-US', 'Hello.', 'Hello and')).toEqual([300, 1200]);
    expect(waits('quick', 'zh-CN', '你好。', '你好和')).toEqual([300, 1200]);
    expect(waits('normal', 'en-US', 'Hello.', 'Hello and')).toEqual([350, 2000]);
    expect(waits('normal', 'fr-FR', 'Bonjour.', 'Bonjour :')).toEqual([350, 2000]);
    expect(waits('normal', 'zh-CN', '你好。', '你好和')).toEqual([350, 2000]);
    expect(waits('patient', 'zh-CN', '你好。', '你好和')).toEqual([800, 3000]);
    expect(waits('patient', 'en-US', 'It is my birthday today.', 'Hello and')).toEqual([800, 3000]);
    expect(waits('patient', 'en-US', 'It is.', 'It is then.')).toEqual([1600, 1600]);
    expect(waits('patient', 'en-US', 'Yes.', 'How are you?')).toEqual([800, 800]);
    expect(waits('normal', 'en-US', 'It is.', 'It is then.')).toEqual([350, 1300]);
    expect(waits('normal', 'en-US', 'It is cold today,', 'It is cold today')).toEqual([900, 1300]);
    expect(waits('normal', 'zh-CN', '我不知道。', '我不知道')).toEqual([350, 732]);
  });

  it.each([
    ['quick', 'It is my birthday today.', 300, 300],
    ['normal', 'It is my birthday today.', 350, 1300],
    ['normal', 'It is.', 350, 1300],
    ['patient', 'It is my birthday today.', 800, 1600],
    ['patient', 'It is.', 1600, 1600],
    ['normal', 'It is my birthday', 1300, 1300],
    ['normal', 'It is my birthday,', 900, 1300],
    ['patient', 'It is my birthday,', 1600, 1600],
    // After more than seven words, a comma says nothing about whether more follows.
    ['quick', 'He was not an ill disposed young man,', 498, 498],
    ['normal', 'He was not an ill disposed young man,', 498, 1300],
    ['patient', 'He was not an ill disposed young man,', 1040, 1600],
    ['normal', 'He was not a kind young man,', 900, 1300],
    ['normal', 'If you come home with me after school,', 900, 1300],
    ['normal', 'Well, if you come home with me after school,', 498, 1300],
    ['normal', 'He was not an ill disposed young man and,', 2000, 2000],
    ['normal', 'It is my birthday and', 2000, 2000],
    ['normal', '', 498, 498],
  ] as const)('%s: "%s" waits %d ms, and %d ms if it sounds incomplete', (patience, text, completeMs, ms) => {
    const judge = (prosody?: 'complete' | 'incomplete'): number =>
      policy.requiredSilenceMs({
        language: 'en-US',
        transcriptSoFar: text,
        punctuationMeansEnd: true,
        patience,
        prosody,
      });
    expect([judge(), judge('complete'), judge('incomplete')]).toEqual([completeMs, completeMs, ms]);
  });

  it.each([
    ['quick', 'It is my birthday today.', 300],
    ['quick', 'It is my birthday', 600],
    ['normal', 'It is my birthday today.', 1600],
    ['normal', 'It is my birthday,', 1600],
    ['normal', 'It is my birthday', 1600],
    ['patient', 'It is my birthday', 1600],
    ['patient', 'It is my birthday today.', 1600],
    ['normal', 'It is my birthday and', 2000],
    ['normal', '', 498],
  ] as const)('%s: "%s" waits %d ms if the voice was broken off', (patience, transcriptSoFar, ms) => {
    const evidence = { language: 'en-US', transcriptSoFar, punctuationMeansEnd: true, patience } as const;
    expect(policy.requiredSilenceMs({ ...evidence, prosody: 'broken_off' })).toBe(ms);
  });

  it.each([
    ['normal', '你吃饭了吗。', [350, 350, 1300, 1600]],
    ['normal', '你好和。', [2000, 2000, 2000, 2000]],
    ['normal', '明天早上。', [1600, 1600, 1600, 1600]],
    ['normal', '今天天气很好。', [732, 350, 1300, 1600]],
    ['patient', '明天早上。', [2000, 2000, 2000, 2000]],
    ['patient', '今天天气很好。', [1300, 800, 1600, 2000]],
    ['quick', '今天天气很好。', [498, 498, 498, 498]],
    ['normal', '。', [732, 732, 732, 732]],
  ] as const)('Chinese, %s: "%s" waits %j ms, depending on the verdict', (patience, transcriptSoFar, ms) => {
    const evidence = { language: 'zh-CN', transcriptSoFar, punctuationMeansEnd: false, patience } as const;
    const verdicts = [undefined, 'complete', 'incomplete', 'broken_off'] as const;
    expect(verdicts.map((prosody) => policy.requiredSilenceMs({ ...evidence, prosody }))).toEqual(ms);
  });

  it('uses the patience of the agent, or its own if the agent has none', () => {
    const evidence = { language: 'en', transcriptSoFar: 'It is my birthday today.', punctuationMeansEnd: true };
    const patient = createEndpointPolicy({ patience: 'patient' });
    expect(patient.requiredSilenceMs(evidence)).toBe(800);
    expect(patient.requiredSilenceMs({ ...evidence, patience: 'quick' })).toBe(300);
    expect(patient.initialSilenceMs({ language: 'en', patience: 'quick' })).toBe(498);
  });

  it("waits longer than a person's own pauses", () => {
    const after = (ownPauseMs: number) =>
      policy.requiredSilenceMs({
        language: 'en',
        transcriptSoFar: 'He was not there today.',
        punctuationMeansEnd: true,
        ownPauseMs,
      });
    expect(after(0)).toBe(350);
    let known = 0;
    for (let i = 0; i < 3; i++) known = policy.ownPauseAfter(known, 700);
    expect(after(known)).toBeGreaterThan(700);
    // The usual pause shrinks after turns without a pause, and has an upper bound.
    for (let i = 0; i < 20; i++) known = policy.ownPauseAfter(known, undefined);
    expect(after(known)).toBe(350);
    for (let i = 0; i < 20; i++) known = policy.ownPauseAfter(known, 60_000);
    expect(known).toBe(1500);
  });

  it('learns half of the excess of a longer pause, and forgets a tenth after a shorter one', () => {
    expect(policy.ownPauseAfter(0, 800)).toBe(500);
    expect(policy.ownPauseAfter(500, 800)).toBe(750);
    expect(policy.ownPauseAfter(1000, 800)).toBe(1000);
    expect(policy.ownPauseAfter(1000, 760)).toBe(950);
    expect(policy.ownPauseAfter(1000, 400)).toBe(900);
    expect(policy.ownPauseAfter(1000, undefined)).toBe(900);
  });

  it('returns an initial wait within its bounds', () => {
    expect(policy.initialSilenceMs({ language: 'en-US' })).toBe(498);
    expect(policy.initialSilenceMs({ language: 'zh-CN' })).toBe(732);
    expect(policy.initialSilenceMs({ language: 'yue-HK' })).toBe(732);
    expect(policy.initialSilenceMs({ language: 'en-US', ownPauseMs: 900 })).toBe(900);
  });

  it('obeys configured bounds, one or both', () => {
    expect(
      createEndpointPolicy({ patience: 'normal', minSilenceMs: 500, maxSilenceMs: 500 }).initialSilenceMs({
        language: 'zh',
      }),
    ).toBe(500);
    expect(createEndpointPolicy({ patience: 'normal', maxSilenceMs: 250 }).initialSilenceMs({ language: 'en' })).toBe(
      250,
    );
    expect(createEndpointPolicy({ patience: 'normal', minSilenceMs: 2000 }).initialSilenceMs({ language: 'en' })).toBe(
      2000,
    );
  });

  it('returns a wait within its bounds for any recognised text', () => {
    const property = fc.property(
      fc.constantFrom('en-US', 'zh-CN', 'yue', 'ja-JP', 'xx', ''),
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: fc.constantFrom('和', '嗯', '一', '1', ' ', '.', '。', 'and', 'x', '…') }),
      ),
      fc.boolean(),
      (language, transcriptSoFar, punctuationMeansEnd) => {
        const waitMs = policy.requiredSilenceMs({ language, transcriptSoFar, punctuationMeansEnd });
        return waitMs >= 300 && waitMs <= 2000;
      },
    );
    expect(() => fc.assert(property, { numRuns: 500 })).not.toThrow();
  });
});

it.each([
  ['en-US', 'normal', true],
  ['en-US', 'patient', true],
  ['de-DE', 'normal', true],
  ['zh-CN', 'normal', true],
  ['zh-CN', 'patient', true],
  ['zh-CN', 'quick', false],
  ['en-US', 'quick', false],
] as const)('%s, %s: a verdict on the voice may change a wait: %s', (language, patience, used) => {
  expect(policy.usesProsody?.({ language, patience })).toBe(used);
  const sentences = ['I like it very much.', 'Turn it on.', 'I went to the shop,', '我想听一个故事。', '我想听，'];
  const changes = sentences.some((transcriptSoFar) => {
    const evidence = { language, patience, transcriptSoFar, punctuationMeansEnd: true };
    return policy.requiredSilenceMs({ ...evidence, prosody: 'incomplete' }) !== policy.requiredSilenceMs(evidence);
  });
  expect(changes).toBe(used);
});
