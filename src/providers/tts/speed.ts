import { spokenUnits } from '../../audio/index.js';
import { LearnedCost } from '../../engines/index.js';

/** A typical sentence, measured in {@link spokenUnits}. */
const TYPICAL_UNITS = 40;

export interface SpeedPrior {
  readonly overheadMs: number;
  readonly msPerUnit: number;
}

export class SynthesisCost {
  readonly #cost: LearnedCost;

  constructor(prior: SpeedPrior) {
    this.#cost = new LearnedCost({ ...prior, typicalUnits: TYPICAL_UNITS });
  }

  predictMs(text: string): number {
    return this.#cost.predictMs(Math.max(1, spokenUnits(text)));
  }

  observe(text: string, tookMs: number): void {
    this.#cost.observe(Math.max(1, spokenUnits(text)), tookMs);
  }
}
