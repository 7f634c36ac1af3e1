import type { Clock } from '../../core/index.js';

const MIN_DIFFERENCE_MS = 2_000;

/**
 * The service's time: our clock, corrected by the dates of its refusals. A machine without a battery may be years off.
 */
export class ServiceTime {
  #skewMs = 0;

  constructor(private readonly clock: Clock) {}

  /** The measured difference to our clock. */
  get skewMs(): number {
    return this.#skewMs;
  }

  wallMs(): number {
    return this.clock.wallMs() + this.#skewMs;
  }

  /** Takes over the time of a `Date` header. False: it is nothing new, so the clock was not the reason. */
  correct(dateHeader: string | undefined): boolean {
    const serviceMs = Date.parse(dateHeader ?? '');
    if (Number.isNaN(serviceMs)) return false;
    const differenceMs = serviceMs - this.wallMs();
    // The header counts whole seconds, and the answer took a while.
    if (Math.abs(differenceMs) < MIN_DIFFERENCE_MS) return false;
    this.#skewMs += differenceMs;
    return true;
  }
}
