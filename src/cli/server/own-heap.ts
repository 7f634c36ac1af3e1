import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { type Clock, sleep } from '../../core/index.js';

/** What is collected: all of the heap, or new objects only. */
export type Collection = 'major' | 'minor';

/** What is asked of V8; another one in tests. */
export interface Heap {
  setFlag(flag: string): void;
  /** Resolves after so many collections of that kind, or when the signal aborts. */
  collected(collection: Collection, times: number, signal: AbortSignal): Promise<void>;
}

const PAUSE_MS = 300_000;
/** A collection that was under way when the flag was set has chosen already what it moves. */
const COLLECTIONS = 2;
/**
 * Of new objects, until the code that matters is compiled: what ten talking devices bring about in ten minutes (3.4 a
 * second).
 */
const WARM_AFTER = 2000;
/**
 * In percent of what was alive: the heap may grow by so much before old objects are collected. V8 takes up to 300 %, so
 * that a flood of requests or connections, which leaves nothing behind, made this process 120 MB larger.
 */
const GROWTH_PERCENT = 30;
/**
 * In bytes of bytecode that ran, sixteen times what V8 11.3 begins with (67,584): a function is looked at for the
 * optimising compiler each time it used that up.
 */
const WARM_BUDGET = 1_081_344;

/**
 * Keeps the heap of this process near what is alive in it, and what collecting garbage costs low
 * (docs/adr/0027-allocator.md). V8 keeps new objects in a space that grows to 32 MB with the first storm of messages
 * and stays so; ours die at once, so the size it begins with will do. So small a space is collected ten times a second,
 * and by one thread: to wake four others costs more than they take away.
 *
 * Call it before anything large is loaded. Returns when `signal` aborts; throws nothing.
 */
export async function keepHeapSmall(clock: Clock, signal: AbortSignal, heap: Heap = ownHeap): Promise<void> {
  heap.setFlag('--semi-space-growth-factor=1');
  heap.setFlag('--no-parallel-scavenge');
  heap.setFlag(`--heap-growing-percent=${GROWTH_PERCENT}`);
  await Promise.all([compactNowAndThen(clock, signal, heap), optimiseLessOnceWarm(signal, heap)]);
}

/**
 * V8 compacts a page of old objects when 70 % of it is free, so that the heap grows for hours around what is alive (15
 * MB an hour while ten talk): for two collections after the start, and after every five minutes, it does so from 20 %
 * on. All the time would cost a tenth of what this process takes.
 */
async function compactNowAndThen(clock: Clock, signal: AbortSignal, heap: Heap): Promise<void> {
  while (!signal.aborted) {
    heap.setFlag('--optimize-for-size');
    await heap.collected('major', COLLECTIONS, signal);
    heap.setFlag('--no-optimize-for-size');
    // Ends early, and without a word, when the signal aborts.
    await sleep(clock, PAUSE_MS, signal).catch(() => undefined);
  }
}

/**
 * V8 adds up what a function ran for as long as the process lives, so that for hours functions are optimised that run
 * now and then, each for some kilobytes that are never given back, and nobody notices that they are faster. Once the
 * server has worked for a while they must run sixteen times as long.
 */
async function optimiseLessOnceWarm(signal: AbortSignal, heap: Heap): Promise<void> {
  await heap.collected('minor', WARM_AFTER, signal);
  if (!signal.aborted) heap.setFlag(`--interrupt-budget=${WARM_BUDGET}`);
}

/** As Node documents an entry of type `gc`. */
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
