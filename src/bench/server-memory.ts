import type { Observation } from './observation.js';

/** Bytes of all processes of the server. */
export interface ServerMemory {
  /** Means over the first, the third and the last minute; in a run of less than {@link MIN_FLAT_S}, over a sixth of it each. */
  readonly start: number;
  readonly third: number;
  readonly end: number;
  readonly max: number;
}

/** A run in which the third minute and the last are two. */
const MIN_FLAT_S = 240;
const MINUTE_S = 60;

/** What the server took over a run, warm-up included. Undefined: it was not seen. Pure. */
export function memoryOf(observations: readonly Pick<Observation, 'atS' | 'serverBytes'>[]): ServerMemory | undefined {
  const seen = seenOf(observations);
  const lastS = seen.at(-1)?.atS;
  if (lastS === undefined) return undefined;
  const windowS = lastS >= MIN_FLAT_S ? MINUTE_S : lastS / 6;
  const mean = (fromS: number, toS: number): number => {
    const inside = seen.filter(({ atS }) => atS >= fromS && atS <= toS);
    return inside.reduce((sum, { serverBytes }) => sum + serverBytes, 0) / Math.max(1, inside.length);
  };
  return { start: mean(0, windowS), third: mean(2 * windowS, 3 * windowS), end: mean(lastS - windowS, lastS), max: Math.max(...seen.map(({ serverBytes }) => serverBytes)) };
}

/** The last minute over the third, minus one. Undefined: the run was too short for that, or the memory was not seen. Pure. */
export function memoryGrowth(observations: readonly Pick<Observation, 'atS' | 'serverBytes'>[]): number | undefined {
  const memory = memoryOf(observations);
  const lastS = seenOf(observations).at(-1)?.atS ?? 0;
  return memory === undefined || lastS < MIN_FLAT_S || memory.third === 0 ? undefined : memory.end / memory.third - 1;
}

function seenOf(observations: readonly Pick<Observation, 'atS' | 'serverBytes'>[]): { readonly atS: number; readonly serverBytes: number }[] {
  return observations.flatMap(({ atS, serverBytes }) => (serverBytes === undefined || atS < 0 ? [] : [{ atS, serverBytes }]));
}
