import { expect, it } from 'vitest';
import { heardText } from './heard-text.js';

const sentence = (text: string, packets: number, complete = true) => ({ text, packets, complete });

it('returns full sentences and a proportional part of the interrupted one', () => {
  const reply = [sentence('The sun is out.', 20), sentence('Shall we go for a walk?', 30)];
  expect(heardText(reply, 0)).toBe('');
  expect(heardText(reply, 1200)).toBe('The sun is out.');
  expect(heardText(reply, 1200 + 900)).toBe('The sun is out. Shall we go');
  expect(heardText(reply, 99_000)).toBe('The sun is out. Shall we go for a walk?');
});

it('counts Chinese text by characters, and joins it without spaces', () => {
  const reply = [sentence('今天天气很好。', 25), sentence('我们去公园散步吧。', 40)];
  expect(heardText(reply, 1500 + 1200)).toBe('今天天气很好。我们去公');
});

it('reports no more of an unfinished sentence than was encoded', () => {
  // Only 0.6 s of about 3.3 s were encoded.
  expect(heardText([sentence('one two three four five six seven eight nine ten', 10, false)], 5000)).toBe('one');
});

it('skips sentences without sound', () => {
  expect(heardText([sentence('Hello.', 10), sentence('...', 0), sentence('Bye.', 10)], 1200)).toBe('Hello. ... Bye.');
});
