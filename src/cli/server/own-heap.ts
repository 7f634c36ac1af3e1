import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Clock, MB, sleep } from '../../core/index.js';

/** Kind of a garbage collection: the whole heap, or new objects only. */
export type Collection = 'major' | 'minor';

/** The functions of V8 that are used here; tests replace them. */
export interface Heap {
  setFlag(flag: string): void;
  /** Resolves after that number of collections of that kind, or when the signal aborts. */
  collected(collection: Collection, times: number, signal: AbortSignal): Promise<void>;
  /** Size of the space for new objects, which is one of two halves. The other half is empty between collections. */
  newSpaceBytes(): number;
  /** Collects new objects at once. Then V8 may let their space grow, if enough objects survived since it last did. */
  collectNew(): void;
}

const PAUSE_MS = 300_000;
/** Two, because a collection that was under way when the flag was set has already chosen its objects to move. */
const COLLECTIONS = 2;
/**
 * Size of the space for new objects. With V8's initial size of 1 MB, collections take twice the time, and the main
 * process takes 6 to 8 % more processor time (docs/adr/0027-allocator.md).
 */
const NEW_SPACE_BYTES = 4 * MB;
/** Number of collections of new objects before a space of that size is looked at again. */
const LOOK_AFTER = 10;
const NO_GROWTH = '--semi-space-growth-factor=1';
/**
 * Number of collections of new objects before the frequent code counts as compiled. Ten talking devices cause this
 * number in about ten minutes.
 */
const WARM_AFTER = 500;
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
 * (docs/adr/0027-allocator.md). V8 keeps new objects in a space that grows to 32 MB with the first burst of messages.
 * Here its two halves have 8 MB together, which are collected about once a second. One thread does it, because waking
 * four others costs more than they save.
 *
 * Call this before anything large is loaded. Returns when `signal` aborts; throws nothing.
 */
export async function keepHeapSmall(clock: Clock, signal: AbortSignal, heap: Heap = ownHeap): Promise<void> {
  heap.setFlag(NO_GROWTH);
  heap.setFlag('--no-parallel-scavenge');
  heap.setFlag(`--heap-growing-percent=${GROWTH_PERCENT}`);
  await Promise.all([
    growNewSpace(signal, heap),
    compactNowAndThen(clock, signal, heap),
    optimiseLessOnceWarm(signal, heap),
  ]);
}

/**
 * Lets the space for new objects grow to {@link NEW_SPACE_BYTES}. V8 makes it smaller while the server has little to
 * do, so this is repeated. Growth is allowed only during a collection that this function starts. Otherwise one burst of
 * messages could make the space grow several times before its size is compared again.
 */
async function growNewSpace(signal: AbortSignal, heap: Heap): Promise<void> {
  const factor = (): number => Math.floor(NEW_SPACE_BYTES / heap.newSpaceBytes());
  while (!signal.aborted) {
    // Several attempts may be needed: V8 forgets how much survived each time it could have let the space grow.
    await heap.collected('minor', factor() > 1 ? 1 : LOOK_AFTER, signal);
    if (signal.aborted || factor() <= 1) continue;
    heap.setFlag(`--semi-space-growth-factor=${factor()}`);
    heap.collectNew();
    heap.setFlag(NO_GROWTH);
  }
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

type Collector = (options: { readonly type: Collection }) => void;

/** Kept, because each context of its own takes 1.8 ms and 150 KB. */
let collector: Collector | undefined;

/** The collector of V8 is accessible only with a flag, and only in a new context. */
function exposedCollector(): Collector {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collector;
}

export const ownHeap: Heap = {
  setFlag: setFlagsFromString,
  newSpaceBytes() {
    const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    return space ? space.space_used_size + space.space_available_size : NEW_SPACE_BYTES;
  },
  collectNew() {
    collector ??= exposedCollector();
    collector({ type: 'minor' });
  },
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
