import type { Clock } from '../../core/index.js';

const MIN_DIFFERENCE_MS = 2_000;

/**
 * The service's time. Dates in refusals correct our clock, because the clock of a machine without a battery may be
 * years off.
 */
export class ServiceTime {
  #skewMs = 0;

  constructor(private readonly clock: Clock) {}

  get skewMs(): number {
    return this.#skewMs;
  }

  wallMs(): number {
    return this.clock.wallMs() + this.#skewMs;
  }

  /** Returns false if our time was already right. */
  correct(dateHeader: string | undefined): boolean {
    const serviceMs = Date.parse(dateHeader ?? '');
    if (Number.isNaN(serviceMs)) return false;
    const differenceMs = serviceMs - this.wallMs();
    // A small difference is ignored, because the header has whole seconds, and the answer took some time.
    if (Math.abs(differenceMs) < MIN_DIFFERENCE_MS) return false;
    this.#skewMs += differenceMs;
    return true;
  }
}
