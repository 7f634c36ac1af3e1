import type { Clock } from '../../core/index.js';

const MIN_DIFFERENCE_MS = 2_000;

/**
 * The service's time: our clock, corrected by the dates in refusals. The clock of a machine without a battery may be
 * years off.
 */
export class ServiceTime {
  #skewMs = 0;

  constructor(private readonly clock: Clock) {}

  /** The measured difference from our clock. */
  get skewMs(): number {
    return this.#skewMs;
  }

  wallMs(): number {
    return this.clock.wallMs() + this.#skewMs;
  }

  /** Adopts the time of a `Date` header. False: our time was already right, so the clock was not the cause. */
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
