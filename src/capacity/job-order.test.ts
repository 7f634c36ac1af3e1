import { describe, expect, it } from 'vitest';
import { latestStartFirst, urgencyOf, type Waiting } from './job-order.js';

const NOW = 100_000;
const job = (deviceId: string, fields: Partial<Waiting> = {}): Waiting => ({
  deviceId,
  latestStartMs: NOW + 1000,
  playing: false,
  enqueuedMs: NOW - 100,
  predictedMs: 50,
  ...fields,
});
function order(jobs: readonly Waiting[], usedMs: Readonly<Record<string, number>> = {}): string[] {
  const moment = { nowMs: NOW, usedMs: (deviceId: string) => usedMs[deviceId] ?? 0 };
  return jobs.toSorted((a, b) => latestStartFirst(a, b, moment)).map(({ deviceId }) => deviceId);
}

describe('the urgency of a job', () => {
  it.each<[string, Partial<Waiting>]>([
    ['guess', { latestStartMs: Infinity, playing: true, enqueuedMs: 0 }],
    ['playing', { latestStartMs: NOW + 800, playing: true, enqueuedMs: 0 }],
    ['early', { latestStartMs: NOW + 801, playing: true }],
    ['starving', { latestStartMs: NOW + 801, enqueuedMs: NOW - 5000 }],
    ['early', { latestStartMs: NOW + 1, enqueuedMs: NOW - 4999 }],
    ['late', { latestStartMs: NOW }],
  ])('%s: %o', (urgency, fields) => {
    expect(urgencyOf(job('a', fields), { nowMs: NOW })).toBe(urgency);
  });
});

describe('jobs are taken', () => {
  it('in order of urgency: playing devices first, then starving, late, early and speculative jobs', () => {
    const jobs = [
      job('guess', { latestStartMs: Infinity }),
      job('early'),
      job('late', { latestStartMs: NOW - 9000 }),
      job('starving', { enqueuedMs: NOW - 5000, latestStartMs: NOW - 90_000 }),
      job('playing', { playing: true, latestStartMs: NOW + 700 }),
    ];
    expect(order(jobs)).toEqual(['playing', 'starving', 'late', 'early', 'guess']);
  });

  it('in order of their latest start if they are early; if that is equal, in order of the CPU time used', () => {
    const jobs = [job('b'), job('c', { latestStartMs: NOW + 500 }), job('a')];
    expect(order(jobs, { a: 1, b: 2, c: 3 })).toEqual(['c', 'a', 'b']);
  });

  it("in order of their latest start plus a quarter of their device's CPU time if they are late", () => {
    const jobs = [job('greedy', { latestStartMs: NOW - 1000 }), job('modest', { latestStartMs: NOW - 500 })];
    expect(order(jobs, { greedy: 1999 })).toEqual(['greedy', 'modest']);
    expect(order(jobs, { greedy: 2001 })).toEqual(['modest', 'greedy']);
    expect(order(jobs, { greedy: 2001, modest: 100 })).toEqual(['greedy', 'modest']);
  });

  it('in order of arrival if they have waited very long or are guesses, whatever CPU time their devices used', () => {
    const starving = [
      job('second', { enqueuedMs: NOW - 6000, latestStartMs: NOW - 9000 }),
      job('first', { enqueuedMs: NOW - 7000 }),
    ];
    expect(order(starving, { first: 9000 })).toEqual(['first', 'second']);
    const guesses = ['second', 'first'].map((name, i) => job(name, { latestStartMs: Infinity, enqueuedMs: NOW - i }));
    expect(order(guesses, { first: 9000 })).toEqual(['first', 'second']);
  });
});
