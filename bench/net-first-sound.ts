import { takeOffOwnTime } from '../src/measure/bench/own-time.js';
import type { LlmRequestRecord } from '../src/measure/bench/stand-ins/index.js';
import { type FleetTurn } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';

/**
 * Times from the end of speech to the first sound, without the language model's own time. Apologies and "busy" are left
 * out.
 */
export function netFirstSounds(turns: readonly FleetTurn[], requests: readonly LlmRequestRecord[]): readonly number[] {
  return takeOffOwnTime(turns, requests).firstSoundNetMs;
}

/** Formats the median and the 95th percentile as `905 / 1184 ms (231 turns)`. */
export function halfAndMost(values: readonly number[]): string {
  return `${percentile(values, 0.5).toFixed(0)} / ${percentile(values, 0.95).toFixed(0)} ms (${values.length} turns)`;
}
