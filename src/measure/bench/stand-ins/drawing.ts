import { normalWithin, type Random } from '../../../core/index.js';
import type { Distribution } from './options.js';

/** Draws how a request fails, by the share of each kind. Returns undefined if the request does not fail. */
export function drawFailure<K extends string>(
  shares: Readonly<Partial<Record<K, number>>>,
  random: Random,
): K | undefined {
  let at = random();
  for (const [kind, share] of Object.entries(shares) as [K, number | undefined][]) {
    at -= share ?? 0;
    if (at < 0) return kind;
  }
  return undefined;
}

export function draw({ mean, spread, from, to }: Distribution, random: Random): number {
  return spread === 0 ? mean : normalWithin(random, mean, spread, from, to);
}
