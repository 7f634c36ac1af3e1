/**
 * Speculative work, for example recognition before the utterance has certainly ended. It waits behind all other work.
 * After {@link confirm} it is treated like any other job, and keeps the time that it has already waited or run.
 */
export class Guess {
  #deadlineMs: number | undefined;
  #onConfirmed: (() => void) | undefined;

  /** Call it when the guess was right. `deadlineMs`: when the result is needed (`Clock.nowMs`). */
  confirm(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#onConfirmed?.();
  }

  /** `tell` is called when the guess is confirmed. There is a single listener, the component that does the work. */
  onConfirmed(tell: () => void): void {
    this.#onConfirmed = tell;
  }

  /** Undefined: the guess is not confirmed. */
  get deadlineMs(): number | undefined {
    return this.#deadlineMs;
  }
}
