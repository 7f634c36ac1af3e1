/** A condition variable for one thread: a waiter waits for the next change and then checks the state again. */
export class Change {
  #waiting: (() => void)[] = [];

  /** Resolves at the next {@link tell}. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Wakes all current waiters. A waiter that waits again while it is being woken waits for the next call. */
  tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
