import type { FleetProgress } from '../../fleet/index.js';
import type { RunOptions } from '../options.js';
import type { BenchTargetId } from '../service-level.js';

/**
 * With this many turns, the median is uncertain by about 40 ms. A median above {@link PLAINLY} times the limit is not
 * chance.
 */
const ENOUGH_TURNS = 60;
const PLAINLY = 1.1;
/** Tokens of the stand-in's first sentence after its first token. */
const FIRST_SENTENCE_TOKENS = 4;

/** Returns a target that the run can no longer meet, or undefined if there is none so far. */
export function certainMiss(
  { underruns, failed, firstSoundMs }: Pick<FleetProgress, 'underruns' | 'failed' | 'firstSoundMs'>,
  { llm, standIns, serviceLevel }: Pick<RunOptions, 'llm' | 'standIns' | 'serviceLevel'>,
): BenchTargetId | undefined {
  if (underruns > 0) return 'underruns';
  if (failed > 0) return 'failed_turns';
  if (firstSoundMs.kind === 'none' || firstSoundMs.count < ENOUGH_TURNS) return undefined;
  // During a run it is not known how long the language model took, so the configured means are used.
  const ownMs =
    llm === 'stand-in'
      ? standIns.llm.firstTokenMs.mean + (FIRST_SENTENCE_TOKENS * 1000) / standIns.llm.tokensPerSecond
      : 0;
  return firstSoundMs.median > PLAINLY * serviceLevel.firstSoundP50Ms + ownMs ? 'first_sound_p50' : undefined;
}
