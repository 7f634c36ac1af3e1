import { expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { keepHeapSmall } from './own-heap.js';

it('compacts for half a minute at once and in every five, and stops when it is told to', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const flags: string[] = [];
  const kept = keepHeapSmall(clock, stop.signal, (flag) => flags.push(flag));
  expect(flags).toEqual(['--semi-space-growth-factor=1', '--no-parallel-scavenge', '--optimize-for-size']);
  const compacting = async (ms: number): Promise<boolean> => {
    await clock.advance(ms);
    return flags.at(-1) === '--optimize-for-size';
  };
  expect(await compacting(29_999)).toBe(true);
  expect(await compacting(1)).toBe(false);
  expect(await compacting(269_999)).toBe(false);
  expect(await compacting(1)).toBe(true);
  expect(await compacting(30_000)).toBe(false);
  expect(await compacting(270_000)).toBe(true);
  stop.abort();
  await kept;
  expect(flags.at(-1)).toBe('--no-optimize-for-size');
  const told = flags.length;
  await clock.advance(600_000);
  expect(flags).toHaveLength(told);
  expect(clock.pending).toBe(0);
});
