import { MINUTE_MS } from '../core/index.js';
import { Recent } from './recent.js';

export class RateWindow {
  /** Oldest first. */
  readonly #startsMs: number[] = [];

  constructor(readonly perMinute: number | undefined) {}

  waitMs(nowMs: number): number {
    if (this.perMinute === undefined) return 0;
    while ((this.#startsMs[0] ?? nowMs) <= nowMs - MINUTE_MS) this.#startsMs.shift();
    const [oldest] = this.#startsMs;
    return oldest === undefined || this.#startsMs.length < this.perMinute ? 0 : oldest + MINUTE_MS - nowMs;
  }

  /** Call this only if {@link waitMs} returned 0 for the same time. */
  begin(startMs: number): void {
    if (this.perMinute === undefined) return;
    const before = this.#startsMs.findLastIndex((other) => other <= startMs);
    this.#startsMs.splice(before + 1, 0, startMs);
  }

  /** For a request that was not sent. */
  takeBack(startMs: number): void {
    const index = this.#startsMs.lastIndexOf(startMs);
    if (index !== -1) this.#startsMs.splice(index, 1);
  }

  /** A speculative request may begin only while more than half of the limit is left. */
  takesGuess(nowMs: number): boolean {
    if (this.perMinute === undefined) return true;
    return this.waitMs(nowMs) === 0 && this.#startsMs.length * 2 < this.perMinute;
  }
}

const MOST_WINDOWS = 100;

/** All models of an account share the limit per minute, even after other settings have changed. */
export class RateWindows {
  readonly #windows = new Recent<RateWindow>(MOST_WINDOWS);

  of(account: readonly (string | undefined)[], perMinute: number | undefined): RateWindow {
    return this.#windows.of(JSON.stringify([...account, perMinute]), () => new RateWindow(perMinute));
  }
}
