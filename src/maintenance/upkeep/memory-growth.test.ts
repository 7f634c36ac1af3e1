import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/index.js';
import { floorsOf, memoryGrowth, type MemoryGrowth, type MemorySample } from './memory-growth.js';

const MINUTE_MS = 60_000;
const MB = 2 ** 20;

/** One sample a minute. `mb` gives the size after so many hours. */
function series(hours: number, mb: (hour: number, minute: number) => number): MemorySample[] {
  return Array.from({ length: hours * 60 + 1 }, (_, minute) => ({
    atMs: minute * MINUTE_MS,
    bytes: Math.round(mb(minute / 60, minute) * MB),
  }));
}
const judge = (hours: number, mb: (hour: number, minute: number) => number): MemoryGrowth | undefined =>
  memoryGrowth(floorsOf(series(hours, mb)));
const noise = (seed: number): (() => number) => {
  const random = seededRandom(seed);
  return () => random() * 2 - 1;
};

describe('no growth is reported for', () => {
  const jitter = noise(1);
  it.each<[string, number, (hour: number, minute: number) => number]>([
    ['a constant size', 48, () => 200],
    ['noise', 48, () => 200 + 15 * jitter()],
    [
      'a saw of a collector: 60 MB up in 40 minutes, then down',
      48,
      (_hour, minute) => 150 + (minute % 40) * 1.5 + jitter(),
    ],
    ['a slow saw of three hours', 48, (hour) => 150 + (hour % 3) * 30],
    ['a saw, seen from its bottom to its top', 8, (hour) => 150 + (hour % 3) * 30],
    ['a warm-up that comes to rest', 24, (hour) => 300 - 150 * Math.exp(-hour / 2)],
    ['a long warm-up', 48, (hour) => 300 - 150 * Math.exp(-hour / 6)],
    ['a model that was loaded after a day', 48, (hour) => (hour < 24 ? 200 : 440) + jitter()],
    ['two models', 48, (hour) => 200 + (hour < 12 ? 0 : 240) + (hour < 30 ? 0 : 100) + jitter()],
    ['day and night', 48, (hour) => 200 + 40 * Math.sin((hour / 24) * 2 * Math.PI) + jitter()],
    ['a size that falls', 24, (hour) => 300 - 5 * hour],
    ['growth that does not matter: 0.2 MB an hour', 24, (hour) => 200 + 0.2 * hour],
    ['an hour of steep growth: not watched for long enough', 1, (hour) => 200 + 100 * hour],
    ['five hours of it', 5, (hour) => 200 + 100 * hour],
  ])('%s', (_name, hours, mb) => expect(judge(hours, mb)).toBeUndefined());

  it('noise, with a hundred different seeds', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const walk = noise(seed);
      expect(
        judge(24, () => 250 + 25 * walk()),
        `seed ${seed}`,
      ).toBeUndefined();
    }
  });

  it('fewer than two floors', () =>
    expect([memoryGrowth([]), memoryGrowth([{ atMs: 0, bytes: 1 }])]).toEqual([undefined, undefined]));
});

describe('growth is reported for', () => {
  const jitter = noise(2);
  it.each<[string, number, number, (hour: number, minute: number) => number]>([
    ['a slow leak', 1, 48, (hour) => 200 + hour],
    ['a leak under noise', 2, 24, (hour) => 200 + 2 * hour + 10 * jitter()],
    ['a leak under a saw', 5, 12, (hour, minute) => 150 + 5 * hour + (minute % 40) * 1.5],
    ['a leak after a warm-up', 4, 24, (hour) => 300 - 100 * Math.exp(-hour) + 4 * hour],
    ['a fast leak, after six hours', 60, 7, (hour) => 200 + 60 * hour],
    ['a leak of a small process', 1, 24, (hour) => 60 + hour],
    ['a leak with a model that was loaded meanwhile', 3, 48, (hour) => 200 + 3 * hour + (hour < 20 ? 0 : 40)],
  ])('%s: about %d MB an hour', (_name, mbPerHour, hours, mb) => {
    const growth = judge(hours, mb);
    if (!growth) throw new Error('not noticed');
    expect(growth.bytesPerHour / MB).toBeGreaterThan(mbPerHour * 0.7);
    expect(growth.bytesPerHour / MB).toBeLessThan(mbPerHour * 1.5);
    expect(growth.lowBytesPerHour).toBeLessThanOrEqual(growth.bytesPerHour);
    expect(growth.highBytesPerHour).toBeGreaterThanOrEqual(growth.bytesPerHour);
    expect(growth.hours).toBeGreaterThan(5);
  });
});

it('floorsOf takes the lowest value of each completed half hour', () => {
  expect(floorsOf(series(1, (_hour, minute) => 100 + Math.abs(minute - 10)))).toEqual([
    { atMs: 0, bytes: 100 * MB },
    { atMs: 30 * MINUTE_MS, bytes: 120 * MB },
  ]);
  expect(floorsOf([])).toEqual([]);
});
