/**
 * Work on a guess, that may turn out to be for nothing: recognition before it is certain that the utterance is over. It waits behind
 * everything that is wanted for certain; once it is {@link confirm}ed it is like any other job, with what it has waited or run behind it.
 */
export class Guess {
  #deadlineMs: number | undefined;
  #onConfirmed: (() => void) | undefined;

  /** It was right: the result is wanted by `deadlineMs` (`Clock.nowMs`). */
  confirm(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#onConfirmed?.();
  }

  /** `tell` is called when it is confirmed; one listener, whoever does the work. */
  onConfirmed(tell: () => void): void {
    this.#onConfirmed = tell;
  }

  /** Undefined: not confirmed. */
  get deadlineMs(): number | undefined {
    return this.#deadlineMs;
  }
}
