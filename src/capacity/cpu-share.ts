import { FadingSum } from './fading-sum.js';

const FORGOTTEN_MS = 1;
/** Faded uses are removed after this many new devices. */
const SWEEP_EVERY = 256;

export interface Fairness {
  /**
   * Jain's index over the devices that used CPU time. 1 is perfectly fair, and 1/n means that one of n devices used
   * everything.
   */
  readonly jain: number;
  /** Share of the device that used the most. */
  readonly largest: number;
}

/** How much CPU time each device used recently. Old use decays, so devices that left disappear. */
export class CpuShare {
  readonly #uses = new Map<string, FadingSum>();
  #sweepAt = SWEEP_EVERY;

  /** A use decays to half in `halfLifeMs`. The default is about the length of a conversation. */
  constructor(private readonly halfLifeMs = 60_000) {}

  charge(deviceId: string, cpuMs: number, nowMs: number): void {
    const use = this.#uses.get(deviceId) ?? new FadingSum(this.halfLifeMs);
    use.add(cpuMs, nowMs);
    this.#uses.set(deviceId, use);
    if (this.#uses.size >= this.#sweepAt) this.#sweep(nowMs);
  }

  used(deviceId: string, nowMs: number): number {
    return this.#uses.get(deviceId)?.at(nowMs) ?? 0;
  }

  /** Undefined if no device used CPU time recently. */
  fairness(nowMs: number): Fairness | undefined {
    const uses = [...this.#uses.values()].map((use) => use.at(nowMs)).filter((use) => use >= FORGOTTEN_MS);
    if (uses.length === 0) return undefined;
    const sum = uses.reduce((total, use) => total + use, 0);
    return {
      jain: sum ** 2 / (uses.length * uses.reduce((total, use) => total + use ** 2, 0)),
      largest: Math.max(...uses) / sum,
    };
  }

  get size(): number {
    return this.#uses.size;
  }

  #sweep(nowMs: number): void {
    for (const [deviceId, use] of this.#uses) {
      if (use.at(nowMs) < FORGOTTEN_MS) this.#uses.delete(deviceId);
    }
    this.#sweepAt = this.#uses.size + SWEEP_EVERY;
  }
}
