import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The histogram contains the intervals of a timer with this period. The excess over the period is the delay. */
const TICK_MS = 10;
/** Minimum time between resets, so that a reader does not reset figures that another reader has not read. */
const WINDOW_MS = 10_000;

export class EventLoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: TICK_MS });
  #sinceMs = performance.now();
  #last: LoopDelay | undefined;

  constructor() {
    this.#histogram.enable();
  }

  /** Returns the figures of the last full window or of the current one, whichever are worse. */
  read(): LoopDelay {
    const now: LoopDelay = {
      p50Ms: this.#above(this.#histogram.percentile(50)),
      p99Ms: this.#above(this.#histogram.percentile(99)),
      maxMs: this.#above(this.#histogram.max),
    };
    const last = this.#last ?? now;
    if (performance.now() - this.#sinceMs < WINDOW_MS) {
      return {
        p50Ms: Math.max(last.p50Ms, now.p50Ms),
        p99Ms: Math.max(last.p99Ms, now.p99Ms),
        maxMs: Math.max(last.maxMs, now.maxMs),
      };
    }
    this.#last = now;
    this.#sinceMs = performance.now();
    this.#histogram.reset();
    return now;
  }

  close(): void {
    this.#histogram.disable();
  }

  /** An empty histogram has no percentiles, so the result is 0. */
  #above(nanoseconds: number): number {
    return Number.isFinite(nanoseconds) && this.#histogram.count > 0 ? Math.max(0, nanoseconds / 1e6 - TICK_MS) : 0;
  }
}
