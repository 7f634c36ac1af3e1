import type { Bilingual } from '../core/index.js';
import { invalidReasonInChinese, type FleetResult } from './fleet/index.js';
import type { Target, VerdictOutcome } from './report/index.js';
import { quantityWords } from './words/quantities.js';

/** Returns undefined if no target was judged. A run with `reasons` is invalid, even if it met its targets. */
export function outcomeOfRun(
  reasons: readonly Bilingual[],
  targets: readonly Pick<Target, 'outcome'>[],
): VerdictOutcome | undefined {
  if (reasons.length > 0) return 'invalid';
  if (targets.some(({ outcome }) => outcome === 'missed')) return 'missed';
  return targets.some(({ outcome }) => outcome === 'holds') ? 'holds' : undefined;
}

export function reasonsOfFleet({ valid, reasons }: Pick<FleetResult, 'valid' | 'reasons'>): readonly Bilingual[] {
  return valid ? [] : reasons.map((reason) => ({ en: reason.detail, zh: invalidReasonInChinese(reason) }));
}

export function listed(all: readonly Bilingual[]): Bilingual {
  return quantityWords.listed(all);
}
