import { HOUR_MS, type Clock } from '../../core/index.js';
import { namedWaitMs } from './refusal.js';

const MAX_PAUSE_MS = HOUR_MS;
const DEFAULT_PAUSE_MS = 30_000;

/** The pause that a service requests by status 429, or by status 503 with `Retry-After`. */
export class RequestedPause {
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  get leftMs(): number {
    return Math.max(0, this.#untilMs - this.clock.nowMs());
  }

  /** Returns true if the answer asks for a pause. */
  note({ status, headers }: Response): boolean {
    const value = headers.get('retry-after');
    if (status !== 429 && (status !== 503 || value === null)) return false;
    const waitMs = namedWaitMs(value ?? '', this.clock.wallMs());
    this.#untilMs = this.clock.nowMs() + (Number.isNaN(waitMs) ? DEFAULT_PAUSE_MS : Math.min(MAX_PAUSE_MS, waitMs));
    return true;
  }
}
