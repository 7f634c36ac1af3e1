/** Somebody waits for a state to be another, and looks again: the condition variable of one thread. */
export class Change {
  #waiting: (() => void)[] = [];

  /** Resolves with the next {@link tell}. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Wakes all who wait now; who waits again while they are woken waits for the next. */
  tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
