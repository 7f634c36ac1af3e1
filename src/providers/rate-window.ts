import { MINUTE_MS } from '../core/index.js';

/** Counts the requests of the last minute. */
export class RateWindow {
  /** Start times of these requests, oldest first. There are never more than `perMinute`. */
  readonly #startsMs: number[] = [];

  /** If `perMinute` is undefined, there is no limit. */
  constructor(private readonly perMinute: number | undefined) {}

  /** Time that the next request has to wait; 0: it may begin. */
  waitMs(nowMs: number): number {
    if (this.perMinute === undefined) return 0;
    while ((this.#startsMs[0] ?? nowMs) <= nowMs - MINUTE_MS) this.#startsMs.shift();
    const [oldest] = this.#startsMs;
    return oldest === undefined || this.#startsMs.length < this.perMinute ? 0 : oldest + MINUTE_MS - nowMs;
  }

  /** Notes a request that begins. Call it only if {@link waitMs} is 0. */
  begin(nowMs: number): void {
    if (this.perMinute !== undefined) this.#startsMs.push(nowMs);
  }
}
