interface Use {
  readonly cpuMs: number;
  readonly atMs: number;
}

/** Below this a device's account is forgotten. */
const FORGOTTEN_MS = 1;
/** Accounts are looked through for forgotten ones whenever there are this many more. */
const SWEEP_EVERY = 256;

/**
 * How much CPU time each device had of late: an exponentially fading sum, so that a device that talked an hour ago is
 * as good as new and the account of one that left disappears. Pure: time is passed in.
 */
export class CpuShare {
  readonly #uses = new Map<string, Use>();
  #sweepAt = SWEEP_EVERY;

  /** `halfLifeMs`: after that time half of a use is forgotten. A minute is about the length of a conversation's memory of fairness. */
  constructor(private readonly halfLifeMs = 60_000) {}

  charge(deviceId: string, cpuMs: number, nowMs: number): void {
    this.#uses.set(deviceId, { cpuMs: this.used(deviceId, nowMs) + cpuMs, atMs: nowMs });
    if (this.#uses.size >= this.#sweepAt) this.#sweep(nowMs);
  }

  used(deviceId: string, nowMs: number): number {
    const use = this.#uses.get(deviceId);
    return use === undefined ? 0 : use.cpuMs * 0.5 ** ((nowMs - use.atMs) / this.halfLifeMs);
  }

  get size(): number {
    return this.#uses.size;
  }

  #sweep(nowMs: number): void {
    for (const deviceId of this.#uses.keys()) {
      if (this.used(deviceId, nowMs) < FORGOTTEN_MS) this.#uses.delete(deviceId);
    }
    this.#sweepAt = this.#uses.size + SWEEP_EVERY;
  }
}
