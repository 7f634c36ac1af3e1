import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { type Clock, sleep } from '../../core/index.js';

/** The whole heap, or new objects only. */
export type Collection = 'major' | 'minor';

/** The functions of V8 that are used here. Tests replace them. */
export interface Heap {
  setFlag(flag: string): void;
  /** Resolves after `times` collections of this kind, or when the signal aborts. */
  collected(collection: Collection, times: number, signal: AbortSignal): Promise<void>;
}

const PAUSE_MS = 300_000;
/** Two collections are needed, because a collection in progress has already chosen its objects to move. */
const COLLECTIONS = 2;
/**
 * After this many collections of new objects, frequent code counts as compiled. Ten talking devices cause 3.4 a second,
 * and reach this number in ten minutes.
 */
const WARM_AFTER = 2000;
/**
 * Growth of the heap before V8 collects old objects, in percent of the live objects. V8's own limit is up to 300 %.
 * With that limit, a flood of requests made this process 120 MB larger, although no object stayed alive.
 */
const GROWTH_PERCENT = 30;
/**
 * Bytes of executed bytecode before V8 considers a function for optimisation. Sixteen times the initial budget of V8
 * 11.3 (67,584).
 */
const WARM_BUDGET = 1_081_344;

/**
 * Keeps the heap of this process close to the size of its live objects (docs/adr/0027-allocator.md). By default, the
 * space for new objects grows to 32 MB and does not shrink. Objects of Chorus die at once, so a small space is enough.
 * One thread collects, because waking four others costs more than they save.
 *
 * Call this before anything large is loaded. Returns when `signal` aborts. Throws nothing.
 */
export async function keepHeapSmall(clock: Clock, signal: AbortSignal, heap: Heap = ownHeap): Promise<void> {
  heap.setFlag('--semi-space-growth-factor=1');
  heap.setFlag('--no-parallel-scavenge');
  heap.setFlag(`--heap-growing-percent=${GROWTH_PERCENT}`);
  await Promise.all([compactNowAndThen(clock, signal, heap), optimiseLessOnceWarm(signal, heap)]);
}

/**
 * V8 compacts a page of old objects only when 70 % of the page is free. The heap would therefore grow by 15 MB an hour.
 * From time to time, pages that are 20 % free are compacted, too. Permanent compaction would cost a tenth of the
 * processor time.
 */
async function compactNowAndThen(clock: Clock, signal: AbortSignal, heap: Heap): Promise<void> {
  while (!signal.aborted) {
    heap.setFlag('--optimize-for-size');
    await heap.collected('major', COLLECTIONS, signal);
    heap.setFlag('--no-optimize-for-size');
    // An abort is no error.
    await sleep(clock, PAUSE_MS, signal).catch(() => undefined);
  }
}

/**
 * V8 counts a function's bytecode over the whole life of the process. Rarely used functions are therefore optimised
 * even after hours. Each costs some kilobytes that are never freed, and saves nothing noticeable.
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
