import { describe, expect, it } from 'vitest';
import { isBackchannel, maybeBackchannel } from './signs-of-listening.js';

describe('isBackchannel', () => {
  it.each([
    '嗯。',
    '嗯嗯，对对对。',
    '好的，知道了。',
    '原来如此！',
    'Uh-huh.',
    'Yeah, yeah.',
    'Oh, I see.',
    'Really?',
    'Wow.,',
  ])('"%s" only shows that a person listens', (text) => expect(isBackchannel(text)).toBe(true));

  it.each(['', '...', '嗯，停一下。', '好了别说了', 'Okay, stop.', 'Yeah, but why', 'I', '知道'])(
    '"%s" is more than a sign of listening',
    (text) => expect(isBackchannel(text)).toBe(false),
  );

  it('judges a very long row of signs within the time limit', () => {
    expect(isBackchannel('对呀'.repeat(20_000))).toBe(true);
  });
});

const heard = (speechMs: number) => ({ speechMs, levelDb: -25, probability: 0.9 });

describe('maybeBackchannel', () => {
  it.each([
    ['Bright,', 520, true],
    ['Yet,', 350, true],
    ['You got.', 420, true],
    ['You got.', 600, false],
    ['Photosynthesis', 900, false],
    ['Sir, sir,,', 850, true],
    ["I'm yes.", 850, true],
    ['A wow.', 700, true],
    ["I'm yes.", 900, false],
    ['The maid,', 500, false],
    ['Yes, stop.', 500, false],
    ['No, no.', 500, false],
    ['Yes it is', 700, false],
    ['母。', 300, true],
    ['恩恩', 500, true],
    ['Stop.', 300, false],
    ['Hold on.', 400, false],
    ['Paris?', 400, false],
    ['停。', 200, false],
    ['关灯', 500, false],
    ['明天', 500, false],
    ['You are here', 400, false],
    ['', 300, false],
  ] as const)('may have misheard "%s" in %d ms: %s', (text, speechMs, expected) => {
    expect(maybeBackchannel(text, heard(speechMs))).toBe(expected);
  });
});
