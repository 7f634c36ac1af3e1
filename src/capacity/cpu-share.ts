import { FadingSum } from './fading-sum.js';

/** Below this a device's account is forgotten. */
const FORGOTTEN_MS = 1;
/** Accounts are looked through for forgotten ones whenever there are this many more. */
const SWEEP_EVERY = 256;

/** How evenly something is spread over devices. */
export interface Evenness {
  /** Jain's index over those that had any: 1 is all alike, one in so many is that one had it all. */
  readonly jain: number;
  /** The part of the one that had most. */
  readonly largest: number;
}

/**
 * How much CPU time each device had of late: a device that talked an hour ago is as good as new, and the account of one that
 * left disappears. Pure: time is passed in.
 */
export class CpuShare {
  readonly #uses = new Map<string, FadingSum>();
  #sweepAt = SWEEP_EVERY;

  /** `halfLifeMs`: after that time half of a use is forgotten. A minute is about the length of a conversation's memory of fairness. */
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

  /** Undefined: nobody had any. */
  evenness(nowMs: number): Evenness | undefined {
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
