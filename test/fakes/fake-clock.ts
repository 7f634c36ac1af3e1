import type { Clock, TimerHandle } from '../../src/core/index.js';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly fn: () => void;
}

/** How many turns of the microtask queue are run. No promise chain in the tests needs more. */
const MICROTASK_TURNS = 50;

/** A clock whose time moves only when a test advances it. All microtasks run between two timers. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #aheadMs = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(private readonly startWallMs = Date.UTC(2026, 10, 25)) {}

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.startWallMs + this.#aheadMs + this.#nowMs;
  }

  /** Puts the wall clock forward, without any timer firing. */
  setAhead(byMs: number): void {
    this.#aheadMs += byMs;
  }

  after(delayMs: number, fn: () => void): TimerHandle {
    const timer: Timer = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fn };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Number of pending timers. */
  get pending(): number {
    return this.#timers.size;
  }

  async advance(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs;
    await settle();
    for (;;) {
      const next = this.#next(endMs);
      if (!next) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.fn();
      await settle();
    }
    this.#nowMs = endMs;
  }

  /**
   * Stalls the process for `byMs`, as when a virtual machine is moved or the host is overloaded. Afterwards all timers
   * that are due fire at once, at the time of the wake-up and before pending I/O is read. Timers that are set meanwhile
   * become due later.
   */
  async stall(byMs: number): Promise<void> {
    this.#nowMs += byMs;
    const before = this.#order;
    for (;;) {
      const next = this.#next(this.#nowMs, before);
      if (!next) return;
      this.#timers.delete(next);
      next.fn();
      // Runs promises but no macrotask, as Node does between two timers.
      for (let i = 0; i < MICROTASK_TURNS; i++) await Promise.resolve();
    }
  }

  /** Lets time pass while code is running: no timer fires before that code has returned. */
  pass(byMs: number): void {
    this.#nowMs += byMs;
  }

  #next(endMs: number, orderBelow = Infinity): Timer | undefined {
    let best: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > endMs || timer.order >= orderBelow) continue;
      if (!best || timer.dueMs < best.dueMs || (timer.dueMs === best.dueMs && timer.order < best.order)) best = timer;
    }
    return best;
  }
}

/** Waits until promise chains have ended. One macrotask turn runs all microtasks. */
export async function settle(turns = 3): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
