import type { BenchSample } from './sampler.js';

/** Bytes of all processes of the server. */
export interface ServerMemory {
  /**
   * Means over the first, the third and the last minute. In a run shorter than {@link MIN_FLAT_S}, a sixth of the run
   * replaces each minute.
   */
  readonly start: number;
  readonly third: number;
  readonly end: number;
  readonly max: number;
}

/** Shortest run, in seconds, whose third and last minutes do not overlap. */
const MIN_FLAT_S = 240;
const MINUTE_S = 60;

/**
 * The samples include the warm-up. `growth` compares the last minute with the third, so 0.1 means 10 % more. It is
 * undefined if the run was too short.
 */
export function memoryOf(
  observations: readonly Pick<BenchSample, 'atS' | 'serverBytes'>[],
): { readonly bytes: ServerMemory; readonly growth: number | undefined } | undefined {
  const seen = observations.flatMap(({ atS, serverBytes }) =>
    serverBytes === undefined || atS < 0 ? [] : [{ atS, serverBytes }],
  );
  const lastS = seen.at(-1)?.atS;
  if (lastS === undefined) return undefined;
  const minutes = lastS >= MIN_FLAT_S;
  const windowS = minutes ? MINUTE_S : lastS / 6;
  const mean = (fromS: number, toS: number): number => {
    const inside = seen.filter(({ atS }) => atS >= fromS && atS <= toS);
    return inside.reduce((sum, { serverBytes }) => sum + serverBytes, 0) / Math.max(1, inside.length);
  };
  const bytes = {
    start: mean(0, windowS),
    third: mean(2 * windowS, 3 * windowS),
    end: mean(lastS - windowS, lastS),
    max: Math.max(...seen.map(({ serverBytes }) => serverBytes)),
  };
  return { bytes, growth: minutes && bytes.third > 0 ? bytes.end / bytes.third - 1 : undefined };
}
