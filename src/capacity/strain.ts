/** Signs of a machine at its limits, as shares (0 to 1) of the time since the look before; undefined: it does not tell. */
export interface StrainSigns {
  /** Of all cores: busy, whoever with. */
  readonly busy: number | undefined;
  /** Time in which some task that could run waited for a core (PSI). */
  readonly pressure: number | undefined;
  /** CFS periods in which our quota was used up. */
  readonly throttled: number | undefined;
}

/** Two looks in a row: a single one is a model that loads, or somebody's compiler. */
const LOOKS = 2;

/**
 * Whether newcomers must wait although the prediction has room for them (beyond half of it). Entered at bounds that mean that somebody is already late, left at
 * lower ones, so that it does not flap. Niced inference beside the pacer is "pressure" too, thus pressure alone says nothing.
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
