import { MINUTE_MS } from '../core/index.js';
import { Recent } from './recent.js';

/** Counts the requests of the last minute. */
export class RateWindow {
  /** Start times of these requests, oldest first. There are never more than `perMinute`. */
  readonly #startsMs: number[] = [];

  /** If `perMinute` is undefined, there is no limit. */
  constructor(readonly perMinute: number | undefined) {}

  /** Time that the next request has to wait; 0: it may begin. */
  waitMs(nowMs: number): number {
    if (this.perMinute === undefined) return 0;
    while ((this.#startsMs[0] ?? nowMs) <= nowMs - MINUTE_MS) this.#startsMs.shift();
    const [oldest] = this.#startsMs;
    return oldest === undefined || this.#startsMs.length < this.perMinute ? 0 : oldest + MINUTE_MS - nowMs;
  }

  /** Notes a request that began at this time. Call it only if {@link waitMs} was 0 then. */
  begin(startMs: number): void {
    if (this.perMinute === undefined) return;
    const before = this.#startsMs.findLastIndex((other) => other <= startMs);
    this.#startsMs.splice(before + 1, 0, startMs);
  }

  /** Takes back a request that began at this time and was not sent. */
  takeBack(startMs: number): void {
    const index = this.#startsMs.lastIndexOf(startMs);
    if (index !== -1) this.#startsMs.splice(index, 1);
  }

  /** Whether a request that may not be wanted may begin: more than half of the minute's requests are left. */
  takesGuess(nowMs: number): boolean {
    if (this.perMinute === undefined) return true;
    return this.waitMs(nowMs) === 0 && this.#startsMs.length * 2 < this.perMinute;
  }
}

/** Far more than the accounts of one configuration. */
const MOST_WINDOWS = 100;

/** Windows by account: all that use one account share its minute, also after a change of other settings. */
export class RateWindows {
  readonly #windows = new Recent<RateWindow>(MOST_WINDOWS);

  /** `account`: the values that tell it from others. */
  of(account: readonly (string | undefined)[], perMinute: number | undefined): RateWindow {
    return this.#windows.of(JSON.stringify([...account, perMinute]), () => new RateWindow(perMinute));
  }
}
