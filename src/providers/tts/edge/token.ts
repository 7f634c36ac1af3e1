import { createHash } from 'node:crypto';
import type { Clock } from '../../../core/index.js';

/** Seconds from the epoch of Windows file time (1601) to that of Unix. */
const FILE_TIME_OFFSET_S = 11_644_473_600;
/** The service accepts a token for the five minutes in which it was made. */
const WINDOW_S = 300;

/**
 * `Sec-MS-GEC`: SHA-256 over the Windows file time (100 ns), rounded down to five minutes, and the client's fixed
 * token.
 */
export function secMsGec(wallMs: number, clientToken: string): string {
  const seconds = Math.floor(wallMs / 1000) + FILE_TIME_OFFSET_S;
  const rounded = seconds - (seconds % WINDOW_S);
  return createHash('sha256').update(`${rounded}0000000${clientToken}`, 'ascii').digest('hex').toUpperCase();
}

/**
 * The service's time: ours, corrected by what its refusals said about it. A device without a battery may be years off.
 */
export class ServiceTime {
  #skewMs = 0;

  constructor(private readonly clock: Clock) {}

  /** By how much ours was found to be off. */
  get skewMs(): number {
    return this.#skewMs;
  }

  wallMs(): number {
    return this.clock.wallMs() + this.#skewMs;
  }

  /**
   * Takes over the time of a `Date` header. False when it says nothing new (then the clock was not the reason of the
   * refusal).
   */
  correct(dateHeader: string | undefined): boolean {
    const serviceMs = Date.parse(dateHeader ?? '');
    if (Number.isNaN(serviceMs)) return false;
    const differenceMs = serviceMs - this.wallMs();
    // The header counts whole seconds, and its answer took a while.
    if (Math.abs(differenceMs) < MIN_DIFFERENCE_MS) return false;
    this.#skewMs += differenceMs;
    return true;
  }
}
const MIN_DIFFERENCE_MS = 2_000;
