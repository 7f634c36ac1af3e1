import type { BenchResult } from './result.js';

/** Seconds after the warm-up until the last device has begun to talk. */
const ALL_TALK_AFTER_S = 5;
/** With fewer samples, the CPU use reflects only a few turns. */
const ENOUGH_LOOKS = 10;

/**
 * Mean CPU use without the start and the end of a run, which are a quarter of a run of one minute. Returns undefined if
 * there are too few samples.
 */
export function coresAtFullLoad(
  observations: readonly { readonly atS: number; readonly serverCores?: number | undefined }[],
  { warmupS, durationS }: { readonly warmupS: number; readonly durationS: number },
): number | undefined {
  const cores = observations.flatMap(({ atS, serverCores }) =>
    serverCores !== undefined && atS > warmupS + ALL_TALK_AFTER_S && atS <= warmupS + durationS ? [serverCores] : [],
  );
  return cores.length < ENOUGH_LOOKS ? undefined : cores.reduce((sum, each) => sum + each, 0) / cores.length;
}

/** CPU use while everybody talks, divided by the target. Returns undefined if there are too few samples. */
export function loadOf({
  observations,
  options,
  machine,
  serviceLevel,
}: Pick<BenchResult, 'observations' | 'options' | 'machine' | 'serviceLevel'>): number | undefined {
  const cores = coresAtFullLoad(observations, options);
  return cores === undefined ? undefined : cores / (machine.usableCores * serviceLevel.cpuShare);
}
