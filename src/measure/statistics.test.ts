import { describe, expect, it } from 'vitest';
import { joinHistograms, DelayHistogram } from './statistics.js';
import { jainIndex, percentile, summarise } from './statistics.js';
import { wordErrorRate } from './fleet/word-errors.js';

describe('summaries', () => {
  it('have percentiles from 200 values on, and are marked when there are fewer', () => {
    const values = Array.from({ length: 200 }, (_, n) => 200 - n);
    expect(summarise(values)).toEqual({
      kind: 'many',
      count: 200,
      min: 1,
      median: 100,
      p90: 180,
      p95: 190,
      p99: 198,
      max: 200,
    });
    expect(summarise([...values.slice(1), undefined])).toEqual({
      kind: 'few',
      count: 199,
      min: 1,
      median: 100,
      max: 199,
    });
    expect(summarise([undefined])).toEqual({ kind: 'none', count: 0 });
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('histograms of lateness are exact to a millisecond, and add up over workers', () => {
    const parts = [new DelayHistogram(), new DelayHistogram()];
    for (let n = 0; n < 1000; n++) parts[n % 2]?.add(n / 10);
    const joined = joinHistograms(parts);
    expect(joined.summary()).toEqual({
      kind: 'many',
      count: 1000,
      min: 0,
      median: 50,
      p90: 90,
      p95: 95,
      p99: 99,
      max: 99.9,
    });
    expect(joined.quantileMs(1)).toBe(99.9);
    expect(new DelayHistogram().summary()).toEqual({ kind: 'none', count: 0 });
    const late = new DelayHistogram();
    for (const ms of [12.4, 7.6, 30]) late.add(ms);
    expect(late.summary()).toEqual({ kind: 'few', count: 3, min: 7, median: 13, max: 30 });
  });
});

it('fairness is 1 if all wait equally, and 1/n if only one waits', () => {
  expect(jainIndex([3, 3, 3, 3])).toBe(1);
  expect(jainIndex([0, 0, 0, 8])).toBe(0.25);
  expect(jainIndex([])).toBeUndefined();
});

it('word errors count omitted, inserted and changed words', () => {
  expect(wordErrorRate('he was not an ill disposed young man', 'He was not an ill-disposed, young man.')).toEqual({
    errors: 0,
    words: 8,
  });
  expect(wordErrorRate('a b c d', 'a x d e')).toEqual({ errors: 3, words: 4 });
  expect(wordErrorRate('mister john', 'Mr. John')).toEqual({ errors: 0, words: 2 });
  expect(wordErrorRate('a b', '')).toEqual({ errors: 2, words: 2 });
});
