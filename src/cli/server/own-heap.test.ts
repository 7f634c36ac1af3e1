import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { type Collection, type Heap, keepHeapSmall, ownHeap } from './own-heap.js';

/** A heap whose garbage collections happen when the test says so. */
class ScriptedHeap implements Heap {
  readonly flags: string[] = [];
  /** Functions that report collections, by their number and kind, for example `2 major`. */
  readonly waited = new Map<string, () => void>();
  newSpace = 1_030_880;

  setFlag(flag: string): void {
    this.flags.push(flag);
  }

  collected(collection: Collection, times: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.waited.set(`${times} ${collection}`, resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  newSpaceBytes(): number {
    return this.newSpace;
  }

  collectNew(): void {
    this.flags.push('collect');
  }
}

describe('the heap of this process', () => {
  it('is compacted in two collections at the start and again every five minutes, until the server stops', async () => {
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
    // No collection happens for an hour. Compaction then stays switched on, which costs nothing.
    await clock.advance(3_600_000);
    expect(heap.flags).toHaveLength(4);
    for (let round = 0; round < 2; round++) {
      heap.waited.get('2 major')?.();
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

  it('lets V8 optimise only functions that run for longer after a while, unless the server has stopped', async () => {
    const heap = new ScriptedHeap();
    const stop = new AbortController();
    const kept = keepHeapSmall(new FakeClock(), stop.signal, heap);
    expect(heap.flags.join(' ')).not.toContain('budget');
    heap.waited.get('500 minor')?.();
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

  it('has its space for new objects enlarged to 4 MB whenever that is smaller, but never beyond', async () => {
    const heap = new ScriptedHeap();
    const stop = new AbortController();
    const kept = keepHeapSmall(new FakeClock(), stop.signal, heap);
    const after = async (collections: string, newSpace: number): Promise<readonly string[]> => {
      const before = heap.flags.length;
      heap.newSpace = newSpace;
      heap.waited.get(collections)?.();
      await Promise.resolve();
      return heap.flags.slice(before);
    };
    const grown = ['--semi-space-growth-factor=4', 'collect', '--semi-space-growth-factor=1'];
    // At the first attempt, too few objects have survived for V8 to let the space grow.
    expect(await after('1 minor', 1_030_880)).toEqual(grown);
    expect(await after('1 minor', 1_030_880)).toEqual(grown);
    expect(await after('1 minor', 4_123_520)).toEqual([]);
    expect(await after('10 minor', 2_061_760)).toEqual(['--semi-space-growth-factor=2', ...grown.slice(1)]);
    expect(await after('1 minor', 3_092_640)).toEqual([]);
    stop.abort();
    await kept;
  });

  it('reports the size of the space for new objects, which grows after enough of them survived', () => {
    ownHeap.setFlag('--semi-space-growth-factor=4');
    const kept: unknown[] = [];
    for (let i = 0; i < 480_000; i++) {
      kept.push({ i, of: [i] });
      if (i % 60_000 === 0) ownHeap.collectNew();
    }
    ownHeap.setFlag('--semi-space-growth-factor=2'); // V8's own factor.
    expect(ownHeap.newSpaceBytes()).toBeGreaterThan(4_000_000);
    expect(kept).toHaveLength(480_000);
  });

  it('counts collections of one kind, until the signal is aborted', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;
    // Collects once first, so that V8 will not soon collect on its own initiative.
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
