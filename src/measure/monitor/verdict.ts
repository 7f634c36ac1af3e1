import type { Bilingual } from '../../core/index.js';
import type { Text, Verdict } from '../report/index.js';
import { listed, outcomeOfRun, reasonsOfFleet } from '../verdict.js';
import type { Figures } from './figures.js';
import type { Observation } from './observation.js';
import { inSeconds } from '../quantities.js';
import type { TargetResult } from './targets.js';
import { verdictWords } from './words/verdict.js';

const SHOWN_TARGETS = 3;

/** `invalid` means that the simulated devices were the bottleneck, or that no target could be judged. */
export function verdictOfObservation(
  { fleet, interrupted }: Observation,
  figures: Figures,
  targets: readonly TargetResult[],
): Verdict {
  const reasons = fleet && !interrupted ? reasonsOfFleet(fleet) : [];
  const outcome = outcomeOfRun(reasons, targets);
  if (outcome === 'invalid') return invalid(listed(reasons));
  const missed = targets.filter(({ outcome }) => outcome === 'missed');
  const judged = targets.filter(({ outcome }) => outcome !== 'unknown');
  if (outcome === undefined) {
    return {
      outcome: 'invalid',
      sentence: verdictWords.tooShort.sentence,
      meaning: verdictWords.tooShort.meaning,
    };
  }
  const cut = interrupted ? verdictWords.endedEarly : '';
  if (outcome === 'holds') {
    const unknown = targets.length - judged.length;
    const open = unknown === 0 ? '' : verdictWords.notJudged(unknown);
    return {
      outcome: 'holds',
      sentence: verdictWords.met(judged.length, open, cut),
      meaning: goodNews(figures, fleet !== undefined),
    };
  }
  const named = missed
    .slice(0, SHOWN_TARGETS)
    .map(({ what, measured, bound }) => verdictWords.missedTarget(what, measured, bound));
  return {
    outcome: 'missed',
    sentence: verdictWords.missed(missed.length, targets.length, named, cut),
    meaning: verdictWords.seeAdvice,
  };
}

function invalid(all: Bilingual): Verdict {
  return {
    outcome: 'invalid',
    sentence: verdictWords.disturbed.sentence(all),
    meaning: verdictWords.disturbed.meaning,
  };
}

function goodNews({ answers, machine }: Figures, simulated: boolean): Text {
  const { firstSound, turns, devices } = answers;
  if (firstSound.kind !== 'none') {
    const half = inSeconds(firstSound.median);
    const worst = inSeconds(firstSound.max);
    return verdictWords.answered(turns, devices, half, worst);
  }
  return machine && !simulated ? verdictWords.nobodyTalked.real : verdictWords.nobodyTalked.simulated;
}
