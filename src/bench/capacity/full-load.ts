import type { BenchResult } from '../result.js';

/** Seconds after the warm-up until the last device has begun to talk. */
const ALL_TALK_AFTER_S = 5;
/** CPU of fewer seconds is that of a few turns. */
const ENOUGH_LOOKS = 10;

/**
 * CPU of the server while everybody talks, over what the target allows (1: just that). The verdict's figure has in it how the devices begin and how they end
 * as well, which is much of a short run. Undefined: not seen, or too shortly. Pure.
 */
export function loadOf({ observations, options, machine, serviceLevel }: Pick<BenchResult, 'observations' | 'options' | 'machine' | 'serviceLevel'>): number | undefined {
  const { warmupS, durationS } = options;
  const cores = observations.flatMap(({ atS, serverCores }) => (serverCores !== undefined && atS > warmupS + ALL_TALK_AFTER_S && atS <= warmupS + durationS ? [serverCores] : []));
  if (cores.length < ENOUGH_LOOKS) return undefined;
  return cores.reduce((sum, each) => sum + each, 0) / cores.length / (machine.usableCores * serviceLevel.cpuShare);
}
