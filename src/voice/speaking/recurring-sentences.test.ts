import { expect, it } from 'vitest';
import { RecurringSentences } from './recurring-sentences.js';

it('a sentence recurs when the third device is told it, however often the first two were', () => {
  const sentences = new RecurringSentences();
  const told = ['a', 'a', 'b', 'a', 'b', 'c', 'a', 'd'].map((device) => sentences.said('It is raining.', device));
  expect(told).toEqual([false, false, false, false, false, true, true, true]);
  expect(sentences.said('It is snowing.', 'c')).toBe(false);
});

it('counts a bounded number of sentences and forgets the one that was said the longest ago', () => {
  const sentences = new RecurringSentences(3);
  for (const device of ['a', 'b']) sentences.said('first', device);
  for (const text of ['second', 'third']) sentences.said(text, 'a');
  expect(sentences.said('first', 'b')).toBe(false);
  sentences.said('fourth', 'a'); // Pushes out the second.
  expect(sentences.size).toBe(3);
  expect(sentences.said('first', 'c')).toBe(true);
  for (const device of ['b', 'c']) expect(sentences.said('second', device)).toBe(false);
});

it('holds no text and no device, only hashes that another process makes otherwise', () => {
  const tables = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const table of tables) new RecurringSentences(10, table).said('my name is Anna', 'aa:bb:cc:dd:ee:ff');
  const [one, other] = tables.map((table) => [...table].flat(2));
  expect(one).toEqual([expect.stringMatching(/^[A-Za-z0-9+/]{16}$/), expect.stringMatching(/^[A-Za-z0-9+/]{16}$/)]);
  expect(one![0]).not.toBe(other![0]);
  expect(one![1]).not.toBe(other![1]);
});
