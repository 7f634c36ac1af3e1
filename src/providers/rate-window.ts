import { MINUTE_MS } from '../core/index.js';
import { Recent } from './recent.js';

/** Counts the requests of the last minute. */
export class RateWindow {
  /** Start times of the requests of the last minute, oldest first: at most `perMinute`. */
  readonly #startsMs: number[] = [];

  /** `perMinute` undefined: there is no limit. */
  constructor(readonly perMinute: number | undefined) {}

  /** Time that the next request has to wait. 0: it may begin. */
  waitMs(nowMs: number): number {
    if (this.perMinute === undefined) return 0;
    while ((this.#startsMs[0] ?? nowMs) <= nowMs - MINUTE_MS) this.#startsMs.shift();
    const [oldest] = this.#startsMs;
    return oldest === undefined || this.#startsMs.length < this.perMinute ? 0 : oldest + MINUTE_MS - nowMs;
  }

  /** Records a request that began at this time. Call it only if {@link waitMs} returned 0 for this time. */
  begin(startMs: number): void {
    if (this.perMinute === undefined) return;
    const before = this.#startsMs.findLastIndex((other) => other <= startMs);
    this.#startsMs.splice(before + 1, 0, startMs);
  }

  /** Removes a request that began at this time, because it was not sent. */
  takeBack(startMs: number): void {
    const index = this.#startsMs.lastIndexOf(startMs);
    if (index !== -1) this.#startsMs.splice(index, 1);
  }

  /** Whether a speculative request may begin: more than half of the minute's requests must be left. */
  takesGuess(nowMs: number): boolean {
    if (this.perMinute === undefined) return true;
    return this.waitMs(nowMs) === 0 && this.#startsMs.length * 2 < this.perMinute;
  }
}

/** Maximum number of windows, far above the number of accounts in one configuration. */
const MOST_WINDOWS = 100;

/**
 * One window per account. All models of an account share its limit per minute, even after other settings have changed.
 */
export class RateWindows {
  readonly #windows = new Recent<RateWindow>(MOST_WINDOWS);

  /** `account`: the values that identify the account. */
  of(account: readonly (string | undefined)[], perMinute: number | undefined): RateWindow {
    return this.#windows.of(JSON.stringify([...account, perMinute]), () => new RateWindow(perMinute));
  }
}
