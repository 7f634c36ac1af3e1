import type { Bilingual } from '../../core/index.js';
import type { Advice } from '../report/index.js';
import { REMEDIES } from '../words/remedies.js';
import type { BenchResult } from './result.js';
import { type BenchTarget, isTooFew } from './service-level.js';
import { disturbedWords } from './words/disturbed.js';

/**
 * True if the run allows no conclusion. A run that ended early because it had certainly missed its targets is
 * conclusive.
 */
export function saysNothing({ verdict, fleet }: Pick<BenchResult, 'verdict' | 'fleet'>): boolean {
  if (verdict.outcome !== 'invalid') return false;
  return fleet.reasons.some(({ what }) => what !== 'interrupted') || verdict.reasons.length > fleet.reasons.length;
}

/** True if no number of devices can be stated as the result, not even 0. */
export function noNumber(result: BenchResult): boolean {
  return (
    result.capacity?.devices === 0 &&
    result.verdict.outcome === 'invalid' &&
    (saysNothing(result) || !result.verdict.targets.some(({ outcome }) => outcome === 'missed'))
  );
}

/**
 * True if the run is evidence neither for nor against the server. A run that only lacks turns is not disturbed, because
 * its other figures are valid.
 */
export function isDisturbed(result: BenchResult): boolean {
  const { verdict, capacity } = result;
  if (verdict.outcome !== 'invalid' || verdict.reasons.every(isTooFew)) return false;
  return !capacity || saysNothing(result);
}

/** The targets of a disturbed run are unknown. */
export function shownTargets(result: BenchResult): readonly BenchTarget[] {
  const { targets } = result.verdict;
  return isDisturbed(result) ? targets.map((target) => ({ ...target, outcome: 'unknown' as const })) : targets;
}

/** Why nothing can be said. Results of earlier versions have English reasons only. */
export function reasonsOf({ reasons, reasonsZh = reasons }: BenchResult['verdict']): Bilingual {
  return { en: reasons.join('; '), zh: reasonsZh.join('；') };
}

/** The advice does not mention the server, which could not be judged. */
export function disturbanceAdvice({ verdict, fleet }: BenchResult): Advice {
  const interrupted =
    fleet.reasons.length === verdict.reasons.length && fleet.reasons.every(({ what }) => what === 'interrupted');
  return {
    found: disturbedWords.found(reasonsOf(verdict)),
    remedies: interrupted ? [REMEDIES.let_run] : [REMEDIES.close_others_now, REMEDIES.measure_apart],
  };
}
