import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The histogram holds the distance of two ticks of a timer that is due every so often; the delay is what is above that. */
const TICK_MS = 10;
/** Two who look (Prometheus and the monitor) must not take each other's figures away. */
const WINDOW_MS = 10_000;

/** How late the event loop was. */
export class EventLoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: TICK_MS });
  #sinceMs = performance.now();
  #last: LoopDelay | undefined;

  constructor() {
    this.#histogram.enable();
  }

  /** Of the last full window and the present one, the worse. */
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

  /** An empty histogram has no percentiles. */
  #above(nanoseconds: number): number {
    return Number.isFinite(nanoseconds) && this.#histogram.count > 0 ? Math.max(0, nanoseconds / 1e6 - TICK_MS) : 0;
  }
}
