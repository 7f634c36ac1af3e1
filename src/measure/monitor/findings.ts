import type { Advice, Verdict } from '../report/index.js';
import { adviceFor, disturbanceAdvice } from './advice.js';
import { figuresOf, type Figures } from './figures.js';
import type { Observation } from './observation.js';
import { judge, type TargetResult } from './targets.js';
import { verdictOfObservation } from './verdict.js';

export interface MonitorFindings {
  readonly observation: Observation;
  readonly figures: Figures;
  readonly targets: readonly TargetResult[];
  readonly advice: readonly Advice[];
  readonly verdict: Verdict;
}

export function findingsOf(observation: Observation): MonitorFindings {
  const figures = figuresOf(observation);
  const targets = judge(figures);
  const verdict = verdictOfObservation(observation, figures, targets);
  // A disturbed measurement is shown, but counts neither for nor against the server.
  if (verdict.outcome === 'invalid')
    return {
      observation,
      figures,
      targets: targets.map(({ id, what, measured, bound }) => ({ id, what, measured, bound, outcome: 'unknown' })),
      advice: disturbanceAdvice(figures),
      verdict,
    };
  return { observation, figures, targets, advice: adviceFor(figures, targets), verdict };
}
