/** Weight of each run relative to the run after it. About the last twenty runs count. */
const KEEP = 0.95;
/** Weight of each of the three points that represent the first estimate. */
const PRIOR_WEIGHT = 0.5;
/** Number of runs after which the estimate is trusted more than a single run. */
const TRUSTED_RUNS = 5;
/** A run counts as at most this factor longer or shorter than a trusted estimate, because it may contain a stall. */
const OUTLIER = 2;

/** Predicts `overhead + rate * size` by a least-squares line. Warm-up runs soon outweigh the first estimate. */
export class LearnedCost {
  #runs = 0;
  #weight = 0;
  #sumX = 0;
  #sumY = 0;
  #sumXx = 0;
  #sumXy = 0;

  constructor(prior: { readonly overheadMs: number; readonly msPerUnit: number; readonly typicalUnits: number }) {
    for (const factor of [0.5, 1, 2]) {
      const units = prior.typicalUnits * factor;
      this.#add(units, prior.overheadMs + prior.msPerUnit * units, PRIOR_WEIGHT);
    }
  }

  observe(units: number, tookMs: number): void {
    if (!(units > 0) || !(tookMs >= 0) || !Number.isFinite(tookMs)) return;
    const expectedMs = this.predictMs(units);
    const believedMs =
      this.#runs < TRUSTED_RUNS ? tookMs : Math.min(Math.max(tookMs, expectedMs / OUTLIER), expectedMs * OUTLIER);
    this.#runs += 1;
    this.#weight *= KEEP;
    this.#sumX *= KEEP;
    this.#sumY *= KEEP;
    this.#sumXx *= KEEP;
    this.#sumXy *= KEEP;
    this.#add(units, believedMs);
  }

  /** In milliseconds, at least 1. */
  predictMs(units: number): number {
    const meanX = this.#sumX / this.#weight;
    const meanY = this.#sumY / this.#weight;
    const spread = this.#sumXx / this.#weight - meanX * meanX;
    // Runs of equal size give no slope. The cost is then assumed to be proportional to the size.
    const proportional = meanY / meanX;
    const slope = spread > 1e-6 * meanX * meanX ? (this.#sumXy / this.#weight - meanX * meanY) / spread : proportional;
    const bounded = Math.min(Math.max(slope, 0), proportional * 2);
    return Math.max(1, meanY + bounded * (units - meanX));
  }

  #add(x: number, y: number, weight = 1): void {
    this.#weight += weight;
    this.#sumX += weight * x;
    this.#sumY += weight * y;
    this.#sumXx += weight * x * x;
    this.#sumXy += weight * x * y;
  }
}
