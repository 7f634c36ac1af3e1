export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Delay in ms. The first repetition is number 1, and each further repetition doubles the delay up to the longest. */
export function backoffMs(repetition: number, { firstMs, mostMs }: Backoff): number {
  return Math.min(mostMs, firstMs * 2 ** (repetition - 1));
}

/** A random delay from half of `delayMs` to `delayMs`, so that clients do not all return at once. */
export function withJitter(delayMs: number, random: number): number {
  return delayMs * (0.5 + random / 2);
}
