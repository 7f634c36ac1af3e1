/**
 * Speculative work, for example recognition before the utterance has certainly ended. It waits behind all other work.
 * After {@link confirm} it is like any other job; its waiting and running time so far counts.
 */
export class Guess {
  #deadlineMs: number | undefined;
  #onConfirmed: (() => void) | undefined;

  /** Call it when the guess was right. The result is needed by `deadlineMs` (`Clock.nowMs`). */
  confirm(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#onConfirmed?.();
  }

  /** `tell` is called when the guess is confirmed. The only listener is the component that does the work. */
  onConfirmed(tell: () => void): void {
    this.#onConfirmed = tell;
  }

  /** Undefined: the guess is not confirmed. */
  get deadlineMs(): number | undefined {
    return this.#deadlineMs;
  }
}
