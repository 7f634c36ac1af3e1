import { expect, it } from 'vitest';
import { RecurringSentences, SET_WORDS } from './recurring-sentences.js';

it('reports a sentence as recurring at the third device, however often the first two heard it', () => {
  const sentences = new RecurringSentences();
  const recurring = ['a', 'a', 'b', 'a', 'b', 'c', 'a', 'd'].map((device) => sentences.said('It is raining.', device));
  expect(recurring).toEqual([false, false, false, false, false, true, true, true]);
  expect(sentences.said('It is snowing.', 'c')).toBe(false);
});

it('counts a bounded number of sentences and forgets the least recent', () => {
  const sentences = new RecurringSentences(new Uint32Array(SET_WORDS)); // Room for eight.
  for (const device of ['a', 'b']) sentences.said('first', device);
  for (const text of ['2nd', '3rd', '4th', '5th', '6th', '7th', '8th'])
    for (const device of ['a', 'b']) sentences.said(text, device);
  expect(sentences.said('first', 'b')).toBe(false);
  sentences.said('9th', 'a'); // Removes the second sentence.
  expect(sentences.said('first', 'c')).toBe(true);
  expect(sentences.said('3rd', 'c')).toBe(true);
  for (const device of ['b', 'c']) expect(sentences.said('2nd', device)).toBe(false);
});

it('keeps as many sentences as fit, in any order', () => {
  const sentences = new RecurringSentences();
  const texts = Array.from({ length: 3000 }, (_, n) => `sentence ${n}`);
  for (const device of ['a', 'b']) for (const text of texts) sentences.said(text, device);
  // With 3,000 sentences in 1,024 sets of eight, one set in 300 has too many.
  expect(texts.filter((text) => sentences.said(text, 'c')).length).toBeGreaterThan(2900);
});

it('stores no text and no device id, only hashes that differ in every process', () => {
  const tables = [new Uint32Array(SET_WORDS), new Uint32Array(SET_WORDS)];
  for (const table of tables) new RecurringSentences(table).said('my name is Anna', 'aa:bb:cc:dd:ee:ff');
  const [one, other] = tables.map((table) => [...table].filter((word) => word !== 0));
  expect(one).toHaveLength(3);
  expect(one!.filter((word) => other!.includes(word))).toEqual([]);
});
