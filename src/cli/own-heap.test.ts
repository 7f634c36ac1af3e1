import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { type Heap, keepHeapSmall, ownHeap } from './own-heap.js';

describe('the own heap', () => {
  it('is compacted by two collections at once and after every five minutes, until it is to stop', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const flags: string[] = [];
    let collected: (() => void) | undefined;
    const heap: Heap = {
      setFlag: (flag) => flags.push(flag),
      collected: (times, signal) =>
        new Promise((resolve) => {
          expect(times).toBe(2);
          collected = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    };
    const kept = keepHeapSmall(clock, stop.signal, heap);
    expect(flags).toEqual(['--semi-space-growth-factor=1', '--no-parallel-scavenge', '--optimize-for-size']);
    // While nothing is collected there is nothing to compact, and it costs nothing to wait.
    await clock.advance(3_600_000);
    expect(flags).toHaveLength(3);
    for (let round = 0; round < 2; round++) {
      collected?.();
      await clock.advance(299_999);
      expect(flags.at(-1)).toBe('--no-optimize-for-size');
      await clock.advance(1);
      expect(flags.at(-1)).toBe('--optimize-for-size');
    }
    stop.abort();
    await kept;
    expect(flags.at(-1)).toBe('--no-optimize-for-size');
    const told = flags.length;
    await clock.advance(600_000);
    expect(flags).toHaveLength(told);
    expect(clock.pending).toBe(0);
  });

  it('counts collections of all of it, and stops counting when it is to stop', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
    // So that V8 sees no reason of its own for a while.
    collect();
    const over = new AbortController();
    let done = false;
    const collected = ownHeap.collected(2, over.signal).then(() => (done = true));
    const first = ownHeap.collected(1, over.signal);
    collect({ type: 'minor' });
    collect();
    await first;
    expect(done).toBe(false);
    collect();
    await collected;
    const stopped = ownHeap.collected(1, over.signal);
    over.abort();
    await stopped;
    await ownHeap.collected(1, over.signal);
  });
});
