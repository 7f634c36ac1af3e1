import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Clock, MB, sleep } from '../../core/index.js';

/** Kind of a garbage collection: the whole heap, or new objects only. */
export type Collection = 'major' | 'minor';

/** The functions of V8 that are used here; tests replace them. */
export interface Heap {
  setFlag(flag: string): void;
  /** Resolves after that many collections of that kind, or when the signal is aborted. */
  collected(collection: Collection, times: number, signal: AbortSignal): Promise<void>;
  /** Size of one of the two halves of the space for new objects. The other half is empty between collections. */
  newSpaceBytes(): number;
  /**
   * Collects new objects at once. V8 may then let their space grow, if enough objects have survived since it last
   * could.
   */
  collectNew(): void;
}

const PAUSE_MS = 300_000;
/** Two, because a collection that had begun when the flag was set has already chosen which objects to move. */
const COLLECTIONS = 2;
/**
 * Size of the space for new objects. With V8's initial size of 1 MB, collections take twice the time, and the main
 * process takes 6 to 8 % more processor time (docs/adr/0027-allocator.md).
 */
const NEW_SPACE_BYTES = 4 * MB;
/**
 * After the space has reached that size, how many collections of new objects to wait before looking at the size again.
 */
const LOOK_AFTER = 10;
const NO_GROWTH = '--semi-space-growth-factor=1';
/**
 * After this many collections of new objects, the code that runs often has been compiled. Ten talking devices cause
 * that many in about ten minutes.
 */
const WARM_AFTER = 500;
/**
 * How much the heap may grow before V8 collects old objects, in percent of the live objects. V8's own limit is up to
 * 300 %. With that limit, a flood of requests or connections made this process 120 MB larger, although none of the
 * objects stayed alive.
 */
const GROWTH_PERCENT = 30;
/**
 * How many bytes of bytecode a function executes before V8 considers optimising it; then counting starts again. Sixteen
 * times the initial value of V8 11.3 (67,584).
 */
const WARM_BUDGET = 1_081_344;

/**
 * Keeps the heap of this process close to the size of its live objects, and makes garbage collection cheap
 * (docs/adr/0027-allocator.md). By default, V8's space for new objects grows to 32 MB with the first burst of messages.
 * Here its two halves have 8 MB together, and they are collected about once a second, by one thread, because waking
 * four more costs more time than they save.
 *
 * Call this before anything large is loaded. Returns when `signal` is aborted; throws nothing.
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
 * Lets the space for new objects grow to {@link NEW_SPACE_BYTES}, again and again, because V8 shrinks it while the
 * server has little to do. Growth is allowed only during a collection that this function starts. Otherwise, one burst
 * of messages could make the space grow several times before its size is compared again.
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
 * By default, V8 compacts a page of old objects only when 70 % of it is free, so the heap would grow for hours (15 MB
 * an hour while ten devices talk). This function makes V8 compact pages that are at least 20 % free, for two
 * collections after the start and again every five minutes. Doing so all the time would cost a tenth of this process's
 * CPU time.
 */
async function compactNowAndThen(clock: Clock, signal: AbortSignal, heap: Heap): Promise<void> {
  while (!signal.aborted) {
    heap.setFlag('--optimize-for-size');
    await heap.collected('major', COLLECTIONS, signal);
    heap.setFlag('--no-optimize-for-size');
    // When the signal is aborted, this wait ends early and without an error.
    await sleep(clock, PAUSE_MS, signal).catch(() => undefined);
  }
}

/**
 * V8 counts the bytecode that a function executes over the whole life of the process, so even rarely used functions are
 * optimised after some hours. Each costs some kilobytes that are never freed, and saves nothing noticeable. After the
 * server has worked for a while, a function must therefore run sixteen times as long before V8 optimises it.
 */
async function optimiseLessOnceWarm(signal: AbortSignal, heap: Heap): Promise<void> {
  await heap.collected('minor', WARM_AFTER, signal);
  if (!signal.aborted) heap.setFlag(`--interrupt-budget=${WARM_BUDGET}`);
}

/** A performance entry of type `gc`, as documented by Node. */
interface GcEntry extends PerformanceEntry {
  readonly detail: { readonly kind: number };
}

const KINDS: Readonly<Record<Collection, number>> = {
  major: constants.NODE_PERFORMANCE_GC_MAJOR,
  minor: constants.NODE_PERFORMANCE_GC_MINOR,
};

type Collector = (options: { readonly type: Collection }) => void;

/** The function is kept, because making another context would take 1.8 ms and 150 KB. */
let collector: Collector | undefined;

/** V8 exposes its collector only with a flag, and only in contexts made after the flag was set. */
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
