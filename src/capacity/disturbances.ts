/** Periods in which our CPU use does not come from conversations, such as a self-test. They may overlap. */
export class Disturbances {
  #count = 0;

  readonly disturbed = (): boolean => this.#count > 0;

  /** The returned function ends the period. A second call does nothing. */
  begin(): () => void {
    this.#count += 1;
    let over = false;
    return () => {
      if (!over) this.#count -= 1;
      over = true;
    };
  }
}
