import type { Clock, TimerHandle } from '../../core/index.js';

interface Timer {
  fn: (() => void) | undefined;
}

/** Half of a sound card's period, so that a packet is only 2.5 ms late on average. */
const TICK_MS = 5;
const NEAR_TICKS = 12;

/**
 * A clock for thousands of timers that may be a few milliseconds late, but never early. Reports the lateness of its
 * ticks, which is the delay of the event loop.
 */
export class TickClock implements Clock {
  readonly #due = new Map<number, Timer[]>();
  #armedFor = Infinity;
  #timer: TimerHandle | undefined;
  #ran = -Infinity;

  constructor(
    private readonly base: Clock,
    private readonly onTick: (latenessMs: number, nowMs: number) => void = () => undefined,
  ) {}

  nowMs(): number {
    return this.base.nowMs();
  }

  wallMs(): number {
    return this.base.wallMs();
  }

  after(delayMs: number, fn: () => void): TimerHandle {
    const timer: Timer = { fn };
    // A timer is not added to the tick that is running now. Even `after(0)` fires later.
    const tick = Math.max(Math.ceil((this.base.nowMs() + Math.max(0, delayMs)) / TICK_MS), this.#ran + 1);
    const list = this.#due.get(tick);
    if (list) list.push(timer);
    else this.#due.set(tick, [timer]);
    if (tick < this.#armedFor) this.#arm(tick);
    return { cancel: () => (timer.fn = undefined) };
  }

  close(): void {
    this.#timer?.cancel();
    this.#due.clear();
  }

  #arm(tick: number): void {
    this.#timer?.cancel();
    this.#armedFor = tick;
    this.#timer = this.base.after(tick * TICK_MS - this.base.nowMs(), () => this.#run());
  }

  #run(): void {
    const nowMs = this.base.nowMs();
    this.onTick(nowMs - this.#armedFor * TICK_MS, nowMs);
    // The tick runs even if the timer fired early. A timer of Node may fire a fraction of a millisecond early.
    const last = Math.max(this.#armedFor, Math.floor(nowMs / TICK_MS));
    for (let tick = this.#armedFor; tick <= last; tick++) {
      const list = this.#due.get(tick);
      if (!list) continue;
      this.#ran = tick;
      this.#due.delete(tick);
      for (const timer of list) timer.fn?.();
    }
    this.#ran = last;
    this.#armedFor = Infinity;
    const next = this.#next(last);
    if (next < Infinity) this.#arm(next);
  }

  /** With many devices, the next timer is near. Otherwise all ticks are searched. */
  #next(last: number): number {
    for (let tick = last + 1; tick <= last + NEAR_TICKS; tick++) if (this.#due.has(tick)) return tick;
    let next = Infinity;
    for (const tick of this.#due.keys()) next = Math.min(next, tick);
    return next;
  }
}
