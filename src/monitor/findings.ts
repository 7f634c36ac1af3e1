import type { Advice, Verdict } from '../report/index.js';
import { adviceFor } from './advice.js';
import { figuresOf, type Figures } from './figures.js';
import type { Observation } from './observation.js';
import { judge, TARGET_BOUNDS, type TargetBounds, type TargetResult } from './targets.js';
import { verdictOf } from './verdict.js';

/** An observation and everything that was made of it. */
export interface MonitorFindings {
  readonly observation: Observation;
  readonly figures: Figures;
  readonly targets: readonly TargetResult[];
  readonly advice: readonly Advice[];
  readonly verdict: Verdict;
}

export function findingsOf(observation: Observation, bounds: TargetBounds = TARGET_BOUNDS): MonitorFindings {
  const figures = figuresOf(observation);
  const targets = judge(figures, bounds);
  return { observation, figures, targets, advice: adviceFor(figures, targets), verdict: verdictOf(observation, figures, targets) };
}
