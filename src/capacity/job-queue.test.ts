import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestStartFirst, PLAYING_MARGIN_MS, type QueueMoment, YIELDED_SHARE, STARVING_MS } from './job-order.js';
import { JobQueue } from './job-queue.js';

const NOW_MS = 20_000;
const job = fc.record({
  deviceId: fc.constantFrom('a', 'b', 'c'),
  latestStartMs: fc.oneof(
    { arbitrary: fc.integer({ min: NOW_MS - 8000, max: NOW_MS + 3000 }), weight: 4 },
    fc.constant(Number.POSITIVE_INFINITY),
  ),
  enqueuedMs: fc.integer({ min: NOW_MS - 8000, max: NOW_MS }),
  playing: fc.boolean(),
  predictedMs: fc.nat(400),
  name: fc.integer(),
});
const used = fc.record({ a: fc.nat(5000), b: fc.nat(5000), c: fc.nat(5000) });
type Job = typeof job extends fc.Arbitrary<infer T> ? T : never;
type Use = Readonly<Record<string, number>>;

const always = (): boolean => true;
const at = (nowMs: number, use: Use = {}): QueueMoment => ({ nowMs, usedMs: (deviceId) => use[deviceId] ?? 0 });
const of = (name: number, some: Partial<Job> = {}): Job => ({
  deviceId: 'a',
  latestStartMs: NOW_MS,
  enqueuedMs: NOW_MS,
  playing: false,
  predictedMs: 1,
  name,
  ...some,
});

const isGuess = ({ latestStartMs }: Job): boolean => latestStartMs === Number.POSITIVE_INFINITY;

function drain(jobs: readonly Job[], moment: QueueMoment): Job[] {
  const queue = new JobQueue<Job>(latestStartFirst);
  for (const waiting of jobs) queue.push(waiting);
  const taken: Job[] = [];
  for (let next = queue.take(moment, always); next; next = queue.take(moment, always)) taken.push(next);
  return taken;
}

function pairs(taken: readonly Job[]): { before: Job; after: Job }[] {
  return taken.flatMap((after, i) => taken.slice(0, i).map((before) => ({ before, after })));
}

describe('JobQueue, latest start first', () => {
  it('returns every job once, whatever is waiting', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 40 }), used, (jobs, use) => {
        const taken = drain(jobs, at(NOW_MS, use));
        expect(taken).toHaveLength(jobs.length);
        expect(new Set(taken)).toEqual(new Set(jobs));
      }),
    );
  });

  it('takes jobs in the same order for any order of arrival', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(job, { maxLength: 20, selector: ({ latestStartMs }) => latestStartMs }),
        used,
        fc.integer(),
        (jobs, use, seed) => {
          const unlike = jobs.map((each, i) => ({ ...each, enqueuedMs: each.enqueuedMs + i / 100 }));
          const shuffled = unlike.toSorted((a, b) => ((a.name ^ seed) % 97) - ((b.name ^ seed) % 97));
          const [first, second] = [drain(unlike, at(NOW_MS, use)), drain(shuffled, at(NOW_MS, use))];
          expect(second).toEqual(first);
          for (const { before, after } of pairs(first))
            expect(latestStartFirst(before, after, at(NOW_MS, use))).toBeLessThanOrEqual(0);
        },
      ),
    );
  });

  it('lets only an older job, or one for a playing device, pass a job that has waited long and is no guess', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 40 }), used, (jobs, use) => {
        for (const { before, after } of pairs(drain(jobs, at(NOW_MS, use)))) {
          if (NOW_MS - after.enqueuedMs >= STARVING_MS && !isGuess(after) && !before.playing)
            expect(before.enqueuedMs).toBeLessThanOrEqual(after.enqueuedMs);
        }
      }),
    );
  });

  it('puts jobs that prevent a gap before late ones, late before early, and guesses last', () => {
    fc.assert(
      fc.property(fc.array(job, { maxLength: 40 }), used, (jobs, use) => {
        const patient = jobs.filter(({ enqueuedMs }) => NOW_MS - enqueuedMs < STARVING_MS);
        const rank = ({ playing, latestStartMs }: Job): number =>
          playing && latestStartMs <= NOW_MS + PLAYING_MARGIN_MS
            ? 0
            : latestStartMs <= NOW_MS
              ? 1
              : latestStartMs < Infinity
                ? 2
                : 3;
        for (const { before, after } of pairs(drain(patient, at(NOW_MS, use)))) {
          expect(rank(before)).toBeLessThanOrEqual(rank(after));
          if (rank(before) === rank(after) && rank(after) !== 1)
            expect(before.latestStartMs).toBeLessThanOrEqual(after.latestStartMs);
          if (rank(before) === 1 && rank(after) === 1)
            expect(before.latestStartMs - after.latestStartMs).toBeLessThanOrEqual(
              YIELDED_SHARE * (use[after.deviceId] ?? 0) + 1e-6,
            );
        }
      }),
    );
  });

  it('lets a device that used little CPU go before one that used much, but only if the start differs little', () => {
    const [greedy, modest, later] = [
      of(1, { latestStartMs: 0 }),
      of(2, { deviceId: 'b', latestStartMs: 40 }),
      of(3, { deviceId: 'b', latestStartMs: 60 }),
    ];
    expect(drain([greedy, modest, later], at(NOW_MS, { a: 50 / YIELDED_SHARE }))).toEqual([modest, greedy, later]);
  });

  it('serves equal jobs in order of arrival', () => {
    expect(drain([of(1), of(2), of(3)], at(NOW_MS)).map(({ name }) => name)).toEqual([1, 2, 3]);
  });

  it('skips jobs that may not start, and does not return removed ones', () => {
    const queue = new JobQueue<Job>(latestStartFirst);
    const [first, second] = [of(1), of(2)];
    queue.push(first);
    queue.push(second);
    expect(queue.take(at(0), (waiting) => waiting !== first)).toBe(second);
    expect(queue.remove(first)).toBe(true);
    expect(queue.remove(first)).toBe(false);
    expect(queue.size).toBe(0);
    expect(queue.take(at(0), always)).toBeUndefined();
  });
});
