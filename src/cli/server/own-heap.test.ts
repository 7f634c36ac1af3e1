import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { type Collection, type Heap, keepHeapSmall, ownHeap } from './own-heap.js';

class ScriptedHeap implements Heap {
  readonly flags: string[] = [];
  readonly waited = new Map<Collection, { readonly times: number; over(): void }>();

  setFlag(flag: string): void {
    this.flags.push(flag);
  }

  collected(collection: Collection, times: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.waited.set(collection, { times, over: resolve });
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

describe('the heap of this process', () => {
  it('is compacted by two collections at the start and after every five minutes, until the signal', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const heap = new ScriptedHeap();
    const kept = keepHeapSmall(clock, stop.signal, heap);
    expect(heap.flags).toEqual([
      '--semi-space-growth-factor=1',
      '--no-parallel-scavenge',
      '--heap-growing-percent=30',
      '--optimize-for-size',
    ]);
    await clock.advance(3_600_000);
    expect(heap.flags).toHaveLength(4);
    for (let round = 0; round < 2; round++) {
      expect(heap.waited.get('major')?.times).toBe(2);
      heap.waited.get('major')?.over();
      await clock.advance(299_999);
      expect(heap.flags.at(-1)).toBe('--no-optimize-for-size');
      await clock.advance(1);
      expect(heap.flags.at(-1)).toBe('--optimize-for-size');
    }
    stop.abort();
    await kept;
    expect(heap.flags.at(-1)).toBe('--no-optimize-for-size');
    const flagsBefore = heap.flags.length;
    await clock.advance(600_000);
    expect(heap.flags).toHaveLength(flagsBefore);
    expect(clock.pending).toBe(0);
  });

  it('makes V8 optimise fewer functions after a while, unless the server has stopped by then', async () => {
    const heap = new ScriptedHeap();
    const stop = new AbortController();
    const kept = keepHeapSmall(new FakeClock(), stop.signal, heap);
    expect(heap.waited.get('minor')?.times).toBe(2000);
    expect(heap.flags.join(' ')).not.toContain('budget');
    heap.waited.get('minor')?.over();
    await Promise.resolve();
    expect(heap.flags.at(-1)).toBe('--interrupt-budget=1081344');
    stop.abort();
    await kept;

    const other = new ScriptedHeap();
    const stopped = new AbortController();
    const over = keepHeapSmall(new FakeClock(), stopped.signal, other);
    stopped.abort();
    await over;
    expect(other.flags.join(' ')).not.toContain('budget');
  });

  it('counts collections of one kind, and stops counting at the signal', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
    // After this collection, V8 has no reason to collect again for a while.
    collect();
    const over = new AbortController();
    let done = false;
    const collected = ownHeap.collected('major', 2, over.signal).then(() => (done = true));
    const first = ownHeap.collected('major', 1, over.signal);
    const firstOfNew = ownHeap.collected('minor', 1, over.signal);
    collect({ type: 'minor' });
    collect();
    await Promise.all([first, firstOfNew]);
    expect(done).toBe(false);
    collect();
    await collected;
    const stopped = ownHeap.collected('major', 1, over.signal);
    over.abort();
    await stopped;
    await ownHeap.collected('major', 1, over.signal);
  });
});
