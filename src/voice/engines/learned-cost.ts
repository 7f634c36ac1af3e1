/**
 * Predicts `overhead + rate * size` and learns both from what was observed: a least-squares line over recent runs (each
 * older one counts 5 % less), begun with a prior that weighs as much as three runs. Pure.
 */
export class LearnedCost {
  #weight = 0;
  #sumX = 0;
  #sumY = 0;
  #sumXx = 0;
  #sumXy = 0;

  constructor(prior: { readonly overheadMs: number; readonly msPerUnit: number; readonly typicalUnits: number }) {
    for (const factor of [0.5, 1, 2]) {
      const units = prior.typicalUnits * factor;
      this.#add(units, prior.overheadMs + prior.msPerUnit * units);
    }
  }

  observe(units: number, tookMs: number): void {
    if (!(units > 0) || !(tookMs >= 0) || !Number.isFinite(tookMs)) return;
    const keep = 0.95;
    this.#weight *= keep;
    this.#sumX *= keep;
    this.#sumY *= keep;
    this.#sumXx *= keep;
    this.#sumXy *= keep;
    this.#add(units, tookMs);
  }

  /** Milliseconds, at least 1. */
  predictMs(units: number): number {
    const meanX = this.#sumX / this.#weight;
    const meanY = this.#sumY / this.#weight;
    const spread = this.#sumXx / this.#weight - meanX * meanX;
    // All runs of one size say nothing about the slope; then the cost is taken as proportional.
    const proportional = meanY / meanX;
    const slope = spread > 1e-6 * meanX * meanX ? (this.#sumXy / this.#weight - meanX * meanY) / spread : proportional;
    const bounded = Math.min(Math.max(slope, 0), proportional * 2);
    return Math.max(1, meanY + bounded * (units - meanX));
  }

  #add(x: number, y: number): void {
    this.#weight += 1;
    this.#sumX += x;
    this.#sumY += y;
    this.#sumXx += x * x;
    this.#sumXy += x * y;
  }
}
