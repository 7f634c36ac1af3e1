import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { type Clock, sleep } from '../../core/index.js';

/** Kind of a garbage collection: the whole heap, or new objects only. */
export type Collection = 'major' | 'minor';

/** The functions of V8 that are used here; tests replace them. */
export interface Heap {
  setFlag(flag: string): void;
  /** Resolves after that number of collections of that kind, or when the signal aborts. */
  collected(collection: Collection, times: number, signal: AbortSignal): Promise<void>;
}

const PAUSE_MS = 300_000;
/** Two, because a collection that was under way when the flag was set has already chosen its objects to move. */
const COLLECTIONS = 2;
/**
 * Number of collections of new objects before the frequent code counts as compiled. Ten talking devices cause this
 * number in ten minutes (3.4 a second).
 */
const WARM_AFTER = 2000;
/**
 * Growth of the heap before V8 collects old objects, in percent of the live objects. V8's own limit is up to 300 %.
 * With that limit, a flood of requests or connections made this process 120 MB larger, although no object stayed alive.
 */
const GROWTH_PERCENT = 30;
/**
 * Budget in bytes of executed bytecode, sixteen times the initial budget of V8 11.3 (67,584). Each time a function has
 * used it up, V8 considers the function for optimisation.
 */
const WARM_BUDGET = 1_081_344;

/**
 * Keeps the heap of this process close to the size of its live objects, and garbage collection cheap
 * (docs/adr/0027-allocator.md). V8 keeps new objects in a space that grows to 32 MB with the first burst of messages
 * and does not shrink. New objects of Chorus die at once, so the initial size is enough. A space of this size is
 * collected several times a second. One thread does it, because waking four others costs more than they save.
 *
 * Call this before anything large is loaded. Returns when `signal` aborts; throws nothing.
 */
export async function keepHeapSmall(clock: Clock, signal: AbortSignal, heap: Heap = ownHeap): Promise<void> {
  heap.setFlag('--semi-space-growth-factor=1');
  heap.setFlag('--no-parallel-scavenge');
  heap.setFlag(`--heap-growing-percent=${GROWTH_PERCENT}`);
  await Promise.all([compactNowAndThen(clock, signal, heap), optimiseLessOnceWarm(signal, heap)]);
}

/**
 * V8 compacts a page of old objects only when 70 % of the page is free. The heap would therefore grow for hours (15 MB
 * an hour while ten devices talk). For two collections after the start, and again every five minutes, V8 compacts pages
 * of which at least 20 % are free. Permanent compaction would cost a tenth of the processor time of this process.
 */
async function compactNowAndThen(clock: Clock, signal: AbortSignal, heap: Heap): Promise<void> {
  while (!signal.aborted) {
    heap.setFlag('--optimize-for-size');
    await heap.collected('major', COLLECTIONS, signal);
    heap.setFlag('--no-optimize-for-size');
    // Ends early and without an error when the signal aborts.
    await sleep(clock, PAUSE_MS, signal).catch(() => undefined);
  }
}

/**
 * V8 counts a function's executed bytecode over the whole life of the process. It therefore optimises rarely used
 * functions even after hours. Each costs some kilobytes that are never freed, and saves nothing noticeable. After the
 * server has worked for a while, a function must run sixteen times as long before V8 optimises it.
 */
async function optimiseLessOnceWarm(signal: AbortSignal, heap: Heap): Promise<void> {
  await heap.collected('minor', WARM_AFTER, signal);
  if (!signal.aborted) heap.setFlag(`--interrupt-budget=${WARM_BUDGET}`);
}

/** An entry of type `gc`, as documented by Node. */
interface GcEntry extends PerformanceEntry {
  readonly detail: { readonly kind: number };
}

const KINDS: Readonly<Record<Collection, number>> = {
  major: constants.NODE_PERFORMANCE_GC_MAJOR,
  minor: constants.NODE_PERFORMANCE_GC_MINOR,
};

export const ownHeap: Heap = {
  setFlag: setFlagsFromString,
  collected: (collection, times, signal) =>
    new Promise((resolve) => {
      let left = times;
      const observer = new PerformanceObserver((list) => {
        left -= list.getEntries().filter((entry) => (entry as GcEntry).detail.kind === KINDS[collection]).length;
        if (left <= 0) done();
      });
      const done = (): void => {
        observer.disconnect();
        signal.removeEventListener('abort', done);
        resolve();
      };
      if (signal.aborted) return done();
      signal.addEventListener('abort', done, { once: true });
      observer.observe({ entryTypes: ['gc'] });
    }),
};
