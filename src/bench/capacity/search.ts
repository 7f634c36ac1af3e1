/** What to try next. `probe`: short; `confirm` and `refute`: long enough for a claim. */
export interface Trial {
  readonly kind: 'probe' | 'confirm' | 'refute';
  readonly devices: number;
}

export interface SearchOptions {
  /** Where to begin. */
  readonly guess: number;
  readonly max: number;
  /** The search ends when what held and what did not are so close, as a share. */
  readonly resolution?: number;
}

export interface Found {
  /** 0: not even one device. */
  readonly devices: number;
  readonly confirmed: boolean;
  /** So many were tried and did not hold, in a long run. */
  readonly refutedAt: number | undefined;
}

/**
 * A neighbour of the answer has to be this much worse to be told from it in runs of some minutes. With a tenth, and growth by halves, the short runs took so
 * long that none was left to refute the answer (9:50 minutes, two cores).
 */
const RESOLUTION = 0.13;
/** From the guess on, until something does not hold. The guess comes from the kernels and is not far off. */
const GROWTH = 1.25;
/** After a failed confirmation, where nothing below is known to hold. */
const STEP_BACK = 0.85;
/** The service must fail with so many times the devices, or more are carried than was found. */
const REFUTE_FACTOR = 1.3;

/**
 * Finds the largest number of devices that holds: up from a guess, then halving, then a long run at the number and one at 1.3 of it. Pure:
 * {@link next} says what to try, {@link record} takes what came out.
 */
export class CapacitySearch {
  readonly #held = new Set<number>();
  /** Smallest that did not hold. */
  #failed: number;
  #phase: 'search' | 'confirm' | 'refute' | 'done' = 'search';
  #candidate = 0;
  #confirmed = false;
  #refutedAt: number | undefined;
  /** What has been confirmed, while more is tried: it stays the answer should that fail. */
  #best = 0;

  constructor(private readonly options: SearchOptions) {
    this.#failed = options.max + 1;
  }

  next(): Trial | undefined {
    if (this.#phase === 'search') {
      const devices = this.#nextProbe();
      if (devices !== undefined) return { kind: 'probe', devices };
      this.settle();
    }
    if (this.#phase === 'confirm') return { kind: 'confirm', devices: this.#candidate };
    if (this.#phase === 'refute') return { kind: 'refute', devices: this.#refuteAt };
    return undefined;
  }

  record({ kind, devices }: Trial, holds: boolean): void {
    if (holds) this.#held.add(devices);
    else {
      this.#failed = Math.min(this.#failed, devices);
      for (const held of this.#held) if (held >= this.#failed) this.#held.delete(held);
    }
    if (kind === 'confirm') this.#afterConfirm(devices, holds);
    else if (kind === 'refute') this.#afterRefute(devices, holds);
  }

  /** Time is short: no more probes, the best so far is to be confirmed. */
  settle(): void {
    if (this.#phase !== 'search') return;
    this.#candidate = this.#low;
    this.#phase = this.#candidate === 0 ? 'done' : 'confirm';
  }

  get found(): Found {
    const devices = this.#confirmed ? this.#best : this.#phase === 'done' ? this.#low : Math.max(this.#candidate, this.#low);
    return { devices, confirmed: this.#confirmed, refutedAt: this.#refutedAt };
  }

  get #low(): number {
    return Math.max(0, ...this.#held);
  }

  get #refuteAt(): number {
    return Math.max(this.#candidate + 1, Math.ceil(REFUTE_FACTOR * this.#candidate));
  }

  #nextProbe(): number | undefined {
    const { guess, max, resolution = RESOLUTION } = this.options;
    const [low, failed] = [this.#low, this.#failed];
    if (low === 0 && failed > max) return Math.min(max, Math.max(1, Math.round(guess)));
    // Nothing has failed yet.
    if (failed > max) return low === max ? undefined : Math.min(max, Math.max(low + 1, Math.round(low * GROWTH)));
    if (failed - low <= Math.max(1, resolution * low)) return undefined;
    if (low === 0) return Math.max(1, Math.floor(failed / 2));
    return Math.round((low + failed) / 2);
  }

  #afterConfirm(devices: number, holds: boolean): void {
    if (holds) {
      this.#confirmed = true;
      this.#best = devices;
      this.#phase = this.#refuteAt > this.options.max ? 'done' : 'refute';
      return;
    }
    const below = this.#low;
    this.#candidate = below >= STEP_BACK * STEP_BACK * devices ? below : Math.floor(STEP_BACK * devices);
    this.#phase = this.#candidate < 1 ? 'done' : 'confirm';
  }

  #afterRefute(devices: number, holds: boolean): void {
    if (!holds) {
      this.#refutedAt = devices;
      this.#phase = 'done';
      return;
    }
    // As long a run as a confirmation, and it held: that is the number, and the next one is to be refuted.
    this.#best = this.#candidate = devices;
    this.#phase = this.#refuteAt > this.options.max ? 'done' : 'refute';
  }
}
