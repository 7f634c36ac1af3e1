import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand, type Intent } from './intents.js';

const volume = (change: { to: number } | { by: number }): Intent => ({ kind: 'change_level', level: 'volume', change });
const brightness = (change: { to: number } | { by: number }): Intent => ({
  kind: 'change_level',
  level: 'brightness',
  change,
});

describe('the intent of a sentence', () => {
  it.each<[string, Intent]>([
    ['What time is it?', { kind: 'time' }],
    ['Can you tell me the time, please?', { kind: 'time' }],
    ['现在几点了？', { kind: 'time' }],
    ['你好小智，现在几点了？', { kind: 'time' }],
    ['What day is it today?', { kind: 'date', days: 0 }],
    ["What's the date tomorrow?", { kind: 'date', days: 1 }],
    ['今天星期几？', { kind: 'date', days: 0 }],
    ['明天几号', { kind: 'date', days: 1 }],
    ['今年是哪一年', { kind: 'year' }],
    ['Louder!', volume({ by: 10 })],
    ['Turn the volume down, please.', volume({ by: -10 })],
    ['Set the volume to fifty percent.', volume({ to: 50 })],
    ['Turn the volume up by 20.', volume({ by: 20 })],
    ['mute', volume({ to: 0 })],
    ['大声一点', volume({ by: 10 })],
    ['声音小一点', volume({ by: -10 })],
    ['把音量调到五十', volume({ to: 50 })],
    ['音量调高十', volume({ by: 10 })],
    ['太吵了', volume({ by: -10 })],
    ['静音', volume({ to: 0 })],
    ['屏幕亮度调到百分之三十', brightness({ to: 30 })],
    ['调亮一点', brightness({ by: 10 })],
    ['Make the screen darker', brightness({ by: -10 })],
    ['把音量调到一半', volume({ to: 50 })],
    ['音量调到最大的一半', volume({ to: 50 })],
    ['亮度调成一半', brightness({ to: 50 })],
    ['Set the volume to half.', volume({ to: 50 })],
    ['half volume', volume({ to: 50 })],
    ['Turn the volume down by half.', volume({ by: -10 })],
    ['音量调到三分之一', volume({ to: 33 })],
    ['音量调高百分之二十', volume({ by: 20 })],
    ['声音大一倍', volume({ by: 10 })],
    ['声音再大一格', volume({ by: 10 })],
    ['声音大两格', volume({ by: 10 })],
    ['音量加一个格', volume({ by: 10 })],
    ['音量减两格', volume({ by: -10 })],
    ['声音小一半', volume({ by: -10 })],
    ['音量调大一倍', volume({ by: 10 })],
    ['大声点再说一遍', volume({ by: 10 })],
    ['音量是多少', { kind: 'ask_level', level: 'volume' }],
    ['音量最大是多少', { kind: 'ask_level', level: 'volume' }],
    ["What's the maximum volume?", { kind: 'ask_level', level: 'volume' }],
    ['音量调到最大', volume({ to: 100 })],
    ['How much battery is left?', { kind: 'battery' }],
    ['还有多少电', { kind: 'battery' }],
    ['Hello!', { kind: 'greeting' }],
    ['你好小智', { kind: 'greeting' }],
    ['小智小智', { kind: 'greeting' }],
    ['Who are you?', { kind: 'who' }],
    ['你是谁', { kind: 'who' }],
    ['你会做什么', { kind: 'abilities' }],
    ['Thank you.', { kind: 'thanks' }],
    ['谢谢你', { kind: 'thanks' }],
    ['Goodbye.', { kind: 'goodbye' }],
    ['再见', { kind: 'goodbye' }],
    ['How do I connect a language model?', { kind: 'connect' }],
    ['怎么连接大模型', { kind: 'connect' }],
  ])('%s', (text, intent) => expect(understand(text)).toEqual(intent));

  it.each([
    'what time does the shop open',
    'what time is it in Tokyo',
    '银行几点开门',
    'it was a loud and quiet evening',
    'She had been a friend and companion such as few possessed.',
    'the volume of this box is large',
    '我昨天去了一个很亮的地方看了一场很大声的音乐会',
    '',
  ])('is unknown, so the text is repeated: %s', (text) =>
    expect(understand(text)).toEqual({ kind: 'unknown', heard: text }),
  );

  it('never throws, and keeps levels within range', () => {
    const word = fc.constantFrom(
      ...(
        'volume brightness up down louder set to by what is the time 小智 你好 音量 亮度 调到 大声 一点 十 百 五十 百分之 101 ' +
        '-5 50% 几点 今天 please ? 。 ’'
      ).split(' '),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 400 }),
          fc.string({ unit: 'grapheme', maxLength: 200 }),
          fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
        ),
        (text) => {
          const intent = understand(text);
          const level = intent.kind === 'change_level' && 'to' in intent.change ? intent.change.to : 0;
          expect(Number.isInteger(level) && level >= 0 && level <= 100).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('does not search texts that are too long for one utterance', () => {
    expect(understand('~'.repeat(900)).kind).toBe('greeting');
    expect(understand('~'.repeat(64_000)).kind).toBe('unknown');
  });

  it('handles a long text fast', () => {
    const startMs = performance.now();
    for (const text of [
      'what '.repeat(200_000),
      '的'.repeat(500_000),
      'please '.repeat(100_000),
      '12 + '.repeat(100_000),
    ])
      expect(understand(text).kind).toBe('unknown');
    expect(performance.now() - startMs).toBeLessThan(5000);
  });
});
