/** Bounds of a delay that doubles with each attempt. */
export interface Backoff {
  /** Delay in ms before the first repetition. */
  readonly firstMs: number;
  /** Longest delay in ms. */
  readonly mostMs: number;
}

/** Delay in ms before repetition number `repetition` (from 1): the first delay, doubled each time up to the longest. */
export function backoffMs(repetition: number, { firstMs, mostMs }: Backoff): number {
  return Math.min(mostMs, firstMs * 2 ** (repetition - 1));
}

/** A random delay from half of `delayMs` to `delayMs`, so that clients do not all return at once. */
export function withJitter(delayMs: number, random: number): number {
  return delayMs * (0.5 + random / 2);
}
