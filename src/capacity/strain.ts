/** Shares (0 to 1) since the previous sample. Undefined if not available. */
export interface StrainSigns {
  /** Share of all cores that is busy with any program. */
  readonly busy: number | undefined;
  /** Share of time in which a task that could run waited for a core (PSI). */
  readonly pressure: number | undefined;
  /** Share of CFS periods in which our quota was used up. */
  readonly throttled: number | undefined;
}

/** Strain begins after this many bad samples. A single one may come from a loading model or another user's compiler. */
const LOOKS = 2;

/**
 * Decides whether the machine is strained. Strain ends at lower thresholds than it begins, to avoid flapping. Inference
 * at low priority also raises the kernel's "pressure", so pressure alone does not mean strain.
 */
export class Strain {
  #high = 0;
  #on = false;

  get on(): boolean {
    return this.#on;
  }

  look({ busy = 0, pressure, throttled = 0 }: StrainSigns): void {
    const full = busy >= 0.97 && (pressure ?? 1) >= 0.9;
    this.#high = full || throttled >= 0.5 ? this.#high + 1 : 0;
    if (this.#high >= LOOKS) this.#on = true;
    else if ((busy < 0.9 || (pressure ?? 1) < 0.6) && throttled < 0.25) this.#on = false;
  }
}
